//! Examples of the RFCs around JWS that a verifier of signed JWTs refuses.

use super::{key, proven};
use glowband_core::Refusal;

/// RFC 8037 appendix A.4.
pub(super) const RFC_8037: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
                                   hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

/// RFC 7516 appendix A.1: RSAES-OAEP and AES GCM; five segments, the second cut short here.
#[test]
fn rfc_7516_an_encrypted_token() {
    let token = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9ki\
                 MT03JGe.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A\
                 .XFBoMYUZodetZdvTiFvSkQ";
    assert_eq!(proven(&key(super::rfc7515::SECRET), token), Err(Refusal::EncryptedToken));
}

/// RFC 7797 section 4.2: an unencoded, detached payload under the key of RFC 7515 appendix A.1.
#[test]
fn rfc_7797_an_unencoded_payload() {
    let token = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY";
    assert_eq!(proven(&key(super::rfc7515::SECRET), token), Err(Refusal::CriticalHeader));
}

/// RFC 8037 appendix A.4: EdDSA; a name that this core knows and no key of it computes.
#[test]
fn rfc_8037_ed25519() {
    assert_eq!(proven(&key(super::rfc7515::SECRET), RFC_8037), Err(Refusal::AlgorithmMismatch));
}

/// RFC 7519 section 6.1: an unsecured JWT.
#[test]
fn rfc_7519_an_unsecured_token() {
    let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290I\
                 jp0cnVlfQ.";
    assert_eq!(proven(&key(super::rfc7515::SECRET), token), Err(Refusal::AlgorithmNone));
}
