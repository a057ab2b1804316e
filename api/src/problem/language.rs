//! The languages the API speaks, and which of them a client prefers.

/// The languages the API speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 简体中文, where the client names no language it prefers.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The tag of `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }

    /// The language of `Accept-Language` that comes first, by weight, among the two.
    pub fn preferred(header: &str) -> Language {
        let mut best = (Language::Zh, 0_u32);
        for part in header.split(',') {
            let mut pieces = part.trim().split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q="))
                .map_or(1000, |q| q.parse::<f32>().map_or(0, |q| format!("{:.0}", q * 1000.0).parse().unwrap_or(0)));
            let language = match tag.split('-').next() {
                Some("en") => Language::En,
                Some("zh" | "*") => Language::Zh,
                _ => continue,
            };
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_of_the_two_languages_is_answered() {
        let cases = [
            ("", Language::Zh),
            ("en", Language::En),
            ("en-GB,en;q=0.9", Language::En),
            ("fr,en;q=0.5,zh;q=0.8", Language::Zh),
            ("zh-CN;q=0.3, en;q=0.7", Language::En),
            ("de", Language::Zh),
            ("*", Language::Zh),
            ("en;q=nonsense", Language::Zh),
        ];
        for (header, expected) in cases {
            assert_eq!(Language::preferred(header), expected, "{header:?}");
        }
    }
}
