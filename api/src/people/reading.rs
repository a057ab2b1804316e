//! Bodies to persons: the same spellings that rosters are read into, so that an export comes back as it went out.

use super::wire::{PersonChangeIn, PersonIn};
use crate::problem::{ApiError, Code, FieldFault, Words};
use shixun_domain::{
    fold,
    people::{IdentityNumber, PersonName, contact, facts::probation_end, roster::post_meant},
    words::Post,
};
use shixun_persistence::people::PersonData;

/// Collects the faults of a body and gives them back together.
#[derive(Default)]
struct Faults(Vec<FieldFault>);

impl Faults {
    fn add(&mut self, pointer: &str, code: &str, zh: &str, en: &str) {
        self.0.push(FieldFault::new(pointer, code, Words::new(zh, en)));
    }

    fn name(&mut self, text: &str) -> Option<String> {
        match PersonName::parse(text) {
            Ok(name) => Some(name.as_str().to_owned()),
            Err(fault) => {
                let zh = "不像姓名：不能为空，不能含数字或其他符号，至多50个字";
                self.add("/name", "bad_name", zh, &fault.to_string());
                None
            }
        }
    }

    fn identity(&mut self, text: &str) -> Option<IdentityNumber> {
        match IdentityNumber::parse(text) {
            Ok(identity) => Some(identity),
            Err(fault) => {
                let zh = "身份证号码不正确：应为18位，出生日期须存在，校验位须相符（GB 11643）";
                // Neither text repeats the number.
                self.add("/identity_number", "bad_identity_number", zh, &fault.to_string());
                None
            }
        }
    }

    fn phone(&mut self, text: Option<&str>) -> Option<String> {
        let text = text?;
        let phone = contact::phone(text);
        if phone.is_none() {
            let zh = "不是电话号码：7至15位数字，多个号码用“/”分隔，不能是掩码后的号码";
            let en = "not a telephone number: 7 to 15 digits, several with / between, and not a masked one";
            self.add("/phone", "bad_phone", zh, en);
        }
        phone
    }

    fn email(&mut self, text: Option<&str>) -> Option<String> {
        let text = text?;
        let email = contact::email(text);
        if email.is_none() {
            self.add("/email", "bad_email", "不是电子邮箱，或是掩码后的地址", "not an e-mail address, or a masked one");
        }
        email
    }

    fn settle<T>(self, value: Option<T>) -> Result<T, ApiError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(ApiError::new(Code::InvalidField).with_faults(self.0)),
        }
    }

    fn days(&mut self, data: &PersonData) {
        if data.entered_on.is_some_and(|entered| entered <= data.identity.birth_date()) {
            self.add(
                "/entered_on",
                "before_birth",
                "参加工作时间不能早于出生",
                "nobody enters a profession before birth",
            );
        }
        if let (Some(entered), Some(last)) = (data.entered_on, data.probation_ends_on)
            && last < entered
        {
            let (zh, en) = ("试用期结束不能早于参加工作", "probation cannot end before it begins");
            self.add("/probation_ends_on", "before_entry", zh, en);
        }
        if let (Some(entered), Some(last)) = (data.entered_on, data.retires_on)
            && last < entered
        {
            self.add("/retires_on", "before_entry", "退休不能早于参加工作", "nobody retires before entry");
        }
    }
}

/// Duties that are no management post: a post is a dated fact of its own.
fn duty(faults: &mut Faults, text: Option<&str>) -> Option<String> {
    let duty = tidied(text)?;
    if post_meant(&duty) != Post::None {
        let (zh, en) = ("这是行政职务，请用“新增行政职务”登记", "this is a management post; enter it as a post");
        faults.add("/duty", "is_a_post", zh, en);
    }
    Some(duty)
}

/// A text as people read it, or nothing where only blanks are left.
fn tidied(text: Option<&str>) -> Option<String> {
    text.map(fold::tidy).filter(|text| !text.is_empty())
}

/// A new person.
///
/// # Errors
/// `invalid_field` with every fault.
pub(super) fn new_person(body: &PersonIn) -> Result<PersonData, ApiError> {
    let mut faults = Faults::default();
    let (name, identity) = (faults.name(&body.name), faults.identity(&body.identity_number));
    let (phone, email) = (faults.phone(body.phone.as_deref()), faults.email(body.email.as_deref()));
    let duty = duty(&mut faults, body.duty.as_deref());
    let data = name.zip(identity).map(|(name, identity)| PersonData {
        name,
        identity,
        phone,
        email,
        entered_on: Some(body.entered_on),
        probation_ends_on: Some(body.probation_ends_on.unwrap_or_else(|| probation_end(body.entered_on))),
        retires_on: body.retires_on,
        duty,
        remark: tidied(body.remark.as_deref()),
    });
    if let Some(data) = &data {
        faults.days(data);
    }
    faults.settle(data)
}

/// A person as it shall be, and the names of the fields that were given.
///
/// # Errors
/// `invalid_field` with every fault.
pub(super) fn changed_person(
    before: &PersonData,
    change: &PersonChangeIn,
) -> Result<(PersonData, Vec<&'static str>), ApiError> {
    let mut faults = Faults::default();
    let mut data = before.clone();
    let mut given = Vec::new();
    if let Some(text) = &change.name {
        given.push("name");
        data.name = faults.name(text).unwrap_or_default();
    }
    if let Some(text) = &change.identity_number {
        given.push("identity_number");
        if let Some(identity) = faults.identity(text) {
            data.identity = identity;
        }
    }
    if let Some(text) = &change.phone {
        given.push("phone");
        data.phone = faults.phone(text.as_deref());
    }
    if let Some(text) = &change.email {
        given.push("email");
        data.email = faults.email(text.as_deref());
    }
    if change.entered_on.is_some() {
        given.push("entered_on");
        data.entered_on = change.entered_on;
    }
    if let Some(day) = change.probation_ends_on {
        given.push("probation_ends_on");
        data.probation_ends_on = day;
    }
    if let Some(day) = change.retires_on {
        given.push("retires_on");
        data.retires_on = day;
    }
    if let Some(text) = &change.duty {
        given.push("duty");
        data.duty = duty(&mut faults, text.as_deref());
    }
    if let Some(text) = &change.remark {
        given.push("remark");
        data.remark = tidied(text.as_deref());
    }
    faults.days(&data);
    faults.settle(Some((data, given)))
}
