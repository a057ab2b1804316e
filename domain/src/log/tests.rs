use super::{note::*, tree::*, *};
use crate::AreaCode;
use serde_json::Value;

/// Inclusion and consistency proofs that must verify or fail: test data of transparency-dev/merkle, Apache-2.0.
const VECTORS: &str = include_str!("../../tests/data/rfc9162-merkle.json");

/// What stands in the vectors where something is no hash at all is refused before there is anything to verify.
fn hash(value: &Value) -> Result<Hash, BadHash> {
    value.as_str().unwrap_or_default().parse()
}

fn proof(value: &Value) -> Result<Vec<Hash>, BadHash> {
    value.as_array().into_iter().flatten().map(hash).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(u64::MAX)
}

#[test]
fn the_published_inclusion_proofs_verify_or_fail_as_they_must() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["inclusion"].as_array().unwrap();
    assert!(cases.len() > 50);
    for case in cases {
        let read = (|| Ok::<_, BadHash>((hash(&case["leafHash"])?, proof(&case["proof"])?, hash(&case["root"])?)))();
        let (position, size) = (number(&case["leafIdx"]), number(&case["treeSize"]));
        let verified = read.map(|(leaf, proof, root)| verify_inclusion(&leaf, position, size, &proof, &root));
        let verified = verified.unwrap_or(Err(ProofFault::Length));
        assert_eq!(verified.is_err(), case["wantErr"], "{}: {verified:?}", case["name"]);
    }
}

#[test]
fn the_published_consistency_proofs_verify_or_fail_as_they_must() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["consistency"].as_array().unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let read = (|| Ok::<_, BadHash>((hash(&case["root1"])?, hash(&case["root2"])?, proof(&case["proof"])?)))();
        let (old, new) = (number(&case["size1"]), number(&case["size2"]));
        let verified = read.map(|(before, after, proof)| verify_consistency(old, new, &before, &after, &proof));
        let verified = verified.unwrap_or(Err(ProofFault::Length));
        assert_eq!(verified.is_err(), case["wantErr"], "{}: {verified:?}", case["name"]);
    }
}

#[test]
fn the_roots_of_rfc_6962s_eight_leaves_are_the_known_ones() {
    // The leaves and roots of certificate-transparency's reference tests, which RFC 6962 implementations share.
    let leaves: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    let tree = Tree::new(leaves.iter().map(|leaf| leaf_hash(leaf)));
    let hex = |hash: Hash| hash.bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for (size, expected) in [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ] {
        assert_eq!(hex(root(size, |subtree| tree.get(subtree)).unwrap()), expected, "{size} leaves");
    }
}

fn signer(name: &str) -> SignerKey {
    SignerKey::new(name.into(), &[7; 32]).unwrap()
}

#[test]
fn the_example_of_the_signed_note_specification_verifies() {
    // c2sp.org/signed-note and golang.org/x/mod/sumdb/note publish this key and note.
    let key: VerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let read: SignedNote = note.parse().unwrap();
    assert_eq!(read.verify(&key), Ok(None));
    assert_eq!(key.to_string(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    let changed: SignedNote = note.replace("answer", "Answer").parse().unwrap();
    assert_eq!(changed.verify(&key), Err(NoteFault::BadSignature));
    assert_eq!(read.verify(&signer("PeterNeumann").verifier()), Err(NoteFault::NotSigned));
}

#[test]
fn a_checkpoint_reads_back_and_one_changed_letter_is_found() {
    let checkpoint = Checkpoint { origin: "shixun/331123".into(), size: 42, root: leaf_hash(b"x") };
    let key = signer("shixun/331123");
    let note = key.sign(&checkpoint.text());
    let read: SignedNote = note.parse().unwrap();
    assert_eq!(read.verify(&key.verifier()), Ok(None));
    assert_eq!(Checkpoint::read(read.text()), Ok(checkpoint));
    assert_eq!(key.verifier().to_string().parse::<VerifierKey>(), Ok(key.verifier()));
    for place in 0..note.len() {
        let mut bytes = note.clone().into_bytes();
        bytes[place] ^= 1;
        let survived = String::from_utf8(bytes)
            .ok()
            .and_then(|text| text.parse::<SignedNote>().ok())
            .is_some_and(|changed| changed.verify(&key.verifier()).is_ok() && changed.text() != read.text());
        assert!(!survived, "byte {place}");
    }
    for text in ["shixun\n042\n", "shixun\n+4\nAAAA\n", "\n1\n", "shixun\n1\nnot a hash\n", "shixun\n-1\n"] {
        assert_eq!(Checkpoint::read(text), Err(NoteFault::NoCheckpoint), "{text:?}");
    }
}

#[test]
fn what_is_not_a_signed_note_is_refused() {
    let good = signer("a").sign("text\n");
    for bad in
        ["", "\n\n", "text\n", "text\n\n", good.trim_end(), &good.replace('\u{2014}', "-"), &format!("\u{1}{good}")]
    {
        assert!(bad.parse::<SignedNote>().is_err(), "{bad:?}");
    }
    for key in ["", "a", "a+b", "a+00000000+AQ==", "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"] {
        assert_eq!(key.parse::<VerifierKey>(), Err(NoteFault::Key), "{key:?}");
    }
    assert!(SignerKey::new("two words".into(), &[1; 32]).is_err());
    assert!(SignerKey::new("a+b".into(), &[1; 32]).is_err());
}

#[test]
fn a_witness_signs_the_checkpoint_with_the_time_and_under_a_key_of_another_kind() {
    let (log, witness) = (signer("shixun/331123"), SignerKey::new("witness.example".into(), &[9; 32]).unwrap());
    let text = Checkpoint { origin: "shixun/331123".into(), size: 1, root: leaf_hash(b"x") }.text();
    let note: SignedNote = format!("{}{}", log.sign(&text), witness.cosign(&text, 1_800_000_000)).parse().unwrap();
    let key = witness.verifier().for_cosignatures();
    assert_eq!(note.verify(&key), Ok(Some(1_800_000_000)));
    assert_eq!(note.verify(&log.verifier()), Ok(None));
    assert_eq!(note.verify(&witness.verifier()), Err(NoteFault::NotSigned), "the other kind of signature");
    assert_eq!(key.to_string().parse::<VerifierKey>(), Ok(key.clone()));
    let line = witness.cosign("another\n1\ntext\n", 1_800_000_000);
    let forged: NoteSignature = line.trim_end().parse().unwrap();
    assert_eq!(forged.verify(&text, &key), Err(NoteFault::BadSignature));
}

#[test]
fn canonical_json_is_that_of_rfc_8785() {
    let object = Json::object([
        ("b", Json::Whole(-12)),
        ("a", Json::List(vec![Json::Null, Json::Bool(true), Json::Bool(false)])),
        ("\u{20ac}", Json::text("Euro \" \\ / \u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f} 学时")),
        ("\u{1f600}", Json::maybe(None::<String>)),
        ("\u{fb33}", Json::maybe(Some("x"))),
    ]);
    // By UTF-16 code units the emoji, a surrogate pair, comes before U+FB33, as in RFC 8785 3.2.3.
    assert_eq!(
        object.canonical(),
        "{\"a\":[null,true,false],\"b\":-12,\"\u{20ac}\":\"Euro \\\" \\\\ / \\b\\t\\n\\f\\r\\u0001\\u001f\u{7f} 学时\",\
         \"\u{1f600}\":null,\"\u{fb33}\":\"x\"}"
    );
}

#[test]
fn a_leaf_has_a_salt_of_its_own() {
    let (area, other) = (AreaCode::new(331_123).unwrap(), AreaCode::new(331_124).unwrap());
    let salts = Salts::new([1; 32]);
    let one = salts.of(area, LeafKind::HourEntry, 5);
    assert_eq!(one, salts.of(area, LeafKind::HourEntry, 5));
    assert_eq!(one.len(), 22);
    for different in [
        salts.of(area, LeafKind::Event, 5),
        salts.of(area, LeafKind::HourEntry, 6),
        salts.of(other, LeafKind::HourEntry, 5),
        Salts::new([2; 32]).of(area, LeafKind::HourEntry, 5),
    ] {
        assert_ne!(one, different);
    }
    assert_eq!(
        leaf::bytes(LeafKind::Event, "evt_1", "s".into(), Json::Null),
        r#"{"content":null,"id":"evt_1","kind":"event","salt":"s"}"#
    );
}
