use super::*;

fn county() -> AreaCode {
    AreaCode::new(331_123).unwrap()
}

fn code() -> VerificationCode {
    VerificationCode::new(county(), &std::array::from_fn(|place| u8::try_from(place * 37 % 256).unwrap()))
}

#[test]
fn a_code_reads_back_however_it_is_typed() {
    let text = code().to_string();
    assert_eq!((text.len(), text.matches('-').count()), (6 + 4 + 20, 4), "{text}");
    let typed =
        [text.clone(), text.to_lowercase(), text.replace('-', ""), text.replace('-', " "), text.replace('1', "l")];
    for typed in typed {
        // The area has digits only, where a letter does not stand for one.
        let typed = typed.replace("33ll23", "331123");
        assert_eq!(typed.parse(), Ok(code()), "{typed}");
    }
}

#[test]
fn a_wrong_letter_and_exchanged_neighbours_are_found() {
    let text: Vec<char> = code().to_string().replace('-', "").chars().collect();
    let read = |letters: &[char]| letters.iter().collect::<String>().parse::<VerificationCode>();
    let mut undetected = 0;
    for place in 6..text.len() {
        for letter in ALPHABET.iter().map(|letter| char::from(*letter)).filter(|letter| *letter != text[place]) {
            let mut wrong = text.clone();
            wrong[place] = letter;
            undetected += u32::from(read(&wrong).is_ok());
        }
        if place + 1 < text.len() - 1 && text[place] != text[place + 1] {
            let mut exchanged = text.clone();
            exchanged.swap(place, place + 1);
            assert_eq!(read(&exchanged), Err(BadCode));
        }
    }
    // 0 and Z are 31 apart and look nothing alike.
    assert!(undetected <= 2, "{undetected}");
    for text in ["", "331123", "999999", "331123-00000-00000-00000-0000", "汉331123-00000-00000-00000-00000"] {
        assert_eq!(text.parse::<VerificationCode>(), Err(BadCode), "{text:?}");
    }
}

#[test]
fn the_area_is_part_of_the_check() {
    let text = code().to_string().replace("331123", "331124");
    assert_eq!(text.parse::<VerificationCode>(), Err(BadCode));
    assert_eq!(format!("{:?}", code()), "331123-…", "a log does not give the code away");
}

#[test]
fn a_revocation_says_more_than_a_successor_and_only_the_latest_is_revoked() {
    use CertificateState::{Revoked, Superseded, Valid};
    for (revoked, followed, state, may) in [
        (false, false, Valid, Ok(())),
        (false, true, Superseded, Err(Refusal::Superseded)),
        (true, false, Revoked, Err(Refusal::AlreadyRevoked)),
        (true, true, Revoked, Err(Refusal::AlreadyRevoked)),
    ] {
        assert_eq!(CertificateState::of(revoked, followed, false), state);
        assert_eq!(CertificateState::of(revoked, followed, true), if revoked { Revoked } else { Superseded });
        assert_eq!(may_revoke(revoked, followed), may);
    }
}

#[test]
fn a_number_names_area_cycle_and_count() {
    assert_eq!(number(county(), "2016-2020", 17), "331123-2016-2020-000017");
}
