//! Refusals of the log.

use crate::problem::{ApiError, Code, Words};
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{Event, FrozenReport, HourEntry, PolicyPack},
    log::{LeafKind, NoteFault},
};

/// No checkpoint of that size was signed.
pub(super) fn unknown_checkpoint(area: AreaCode, size: u64) -> ApiError {
    ApiError::new(Code::CheckpointUnknown).with("size", size).with("area", area)
}

/// What is asked for is not in the log yet.
pub(super) fn behind() -> ApiError {
    ApiError::new(Code::LogBehind).retry_after(5)
}

/// There is no such row.
pub(super) fn missing(area: AreaCode, kind: LeafKind, number: i64) -> ApiError {
    match kind {
        LeafKind::HourEntry => ApiError::missing(Id::<HourEntry>::new(area, number)),
        LeafKind::PolicyPack => ApiError::missing(Id::<PolicyPack>::new(area, number)),
        LeafKind::Event => ApiError::missing(Id::<Event>::new(area, number)),
        LeafKind::FrozenReport => ApiError::missing(Id::<FrozenReport>::new(area, number)),
    }
}

/// A parameter that has to be another.
pub(super) fn parameter(name: &'static str, zh: &str, en: &str) -> ApiError {
    ApiError::new(Code::InvalidParameter).with("name", name).with_words("reason", Words::new(zh, en))
}

/// A cosignature of another time than the checkpoint's and today's.
pub(super) fn cosigned_at_odds(signed_at: UtcMillis) -> ApiError {
    let words = Words::new(
        format!("其时间应在检查点签发（{signed_at}）之后、现在之前，相差不超过5分钟；请校准见证人的时钟"),
        format!(
            "its time has to lie between the signing of the checkpoint ({signed_at}) and now, give or take 5 minutes: set the clock of the witness"
        ),
    );
    ApiError::new(Code::CosignatureRefused).with_words("reason", words)
}

/// Another cosignature than the one that the witness gave before.
pub(super) fn cosigned_before() -> ApiError {
    let words = Words::new(
        "该见证人对此检查点已有另一签名，先到者有效",
        "the witness cosigned this checkpoint before, with another line, which stands",
    );
    ApiError::new(Code::CosignatureRefused).with_words("reason", words)
}

/// A cosignature that is not taken.
pub(super) fn cosignature(fault: NoteFault) -> ApiError {
    let words = match fault {
        NoteFault::NotSigned => Words::new(
            "签名者不在本系统配置的见证人（log_witnesses）之列",
            "it is by none of the witnesses that are configured (log_witnesses)",
        ),
        NoteFault::BadSignature => {
            Words::new("签名与该检查点的文本不符", "the signature does not belong to the text of this checkpoint")
        }
        NoteFault::Form | NoteFault::NoCheckpoint | NoteFault::Key => Words::new(
            "应为一行cosignature/v1签名：“— 名称 base64”",
            "it must be one line of cosignature/v1: \u{201c}— name base64\u{201d}",
        ),
    };
    ApiError::new(Code::CosignatureRefused).with_words("reason", words)
}
