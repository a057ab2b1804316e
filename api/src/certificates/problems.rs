//! What certificates refuse, as problems.

use crate::problem::{ApiError, Code};
use shixun_domain::certificates::{BadCode, Refusal};

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        ApiError::new(match refusal {
            Refusal::AlreadyRevoked => Code::CertificateRevoked,
            Refusal::Superseded => Code::CertificateSuperseded,
        })
    }
}

impl From<BadCode> for ApiError {
    fn from(_: BadCode) -> Self {
        ApiError::new(Code::VerificationCodeMistyped)
    }
}
