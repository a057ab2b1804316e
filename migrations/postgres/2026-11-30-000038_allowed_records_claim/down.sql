UPDATE outside_records SET content_claim = NULL WHERE content_claim LIKE 'again:%';
