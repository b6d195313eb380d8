//! Faults of a TLS connection. Every fault of a certificate has its own sentence (docs/RULES.md#certificates).

use rustls::{CertificateError, Error as TlsError};

/// Fault of a TLS connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFailure {
    /// Signed by nobody whom this machine trusts: an unknown CA, or the certificate itself.
    Untrusted,
    /// Marked as a CA's own certificate, which no server may show: what most instructions for a self-signed one make.
    CaAsServer,
    /// Signed with a certificate that is not a CA's, or not for such names.
    NotByCa,
    /// Made for something else than a server.
    WrongPurpose,
    /// Its signature cannot be verified, though its signer is known by name: a key that is too short, or another key of that name.
    BadSignature,
    /// For another host name.
    WrongName,
    /// For no host name at all.
    Nameless,
    /// The time is over.
    Expired,
    /// The time has not come, or this machine's clock is behind.
    NotYetValid,
    /// Withdrawn by its CA.
    Revoked,
    /// Signed in a way that the TLS library does not take.
    OldSignature,
    /// Damaged, or of a form that is not read.
    Unreadable,
    /// Refused for another reason.
    Unverified,
    /// Something answers there, and it does not speak TLS.
    NotTls,
    /// The server wants a client certificate, or refuses this client otherwise.
    Refused,
    /// Any other failure of the handshake.
    Other,
}

impl TlsFailure {
    pub(super) fn of(error: &TlsError) -> Self {
        match error {
            TlsError::InvalidCertificate(certificate) => Self::of_certificate(certificate),
            // A TLS record begins with a known type byte: anything else there is another protocol.
            TlsError::InvalidMessage(_) => Self::NotTls,
            TlsError::AlertReceived(_) => Self::Refused,
            _ => Self::Other,
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => Self::Nameless,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Self::WrongName,
            CertificateError::Revoked => Self::Revoked,
            CertificateError::UnknownIssuer => Self::Untrusted,
            CertificateError::BadSignature => Self::BadSignature,
            CertificateError::BadEncoding | CertificateError::UnhandledCriticalExtension => Self::Unreadable,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => Self::WrongPurpose,
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Self::OldSignature,
            CertificateError::Other(other) => Self::of_reason(&other.to_string()),
            _ => Self::Unverified,
        }
    }

    /// What the library that verifies certificates has no shared type for: the names of its errors are their texts.
    fn of_reason(reason: &str) -> Self {
        match reason {
            "CaUsedAsEndEntity" => Self::CaAsServer,
            "EndEntityUsedAsCa" | "PathLenConstraintViolated" | "NameConstraintViolation" => Self::NotByCa,
            // The text of the platform's verifier.
            "certificate had invalid extensions" | "EmptyEkuExtension" => Self::WrongPurpose,
            "SignatureAlgorithmMismatch"
            | "ExtensionValueInvalid"
            | "MalformedExtensions"
            | "UnsupportedCertVersion"
            | "UnsupportedCriticalExtension"
            | "InvalidSerialNumber"
            | "MalformedDnsIdentifier" => Self::Unreadable,
            _ => Self::Unverified,
        }
    }

    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::Untrusted => "the server's certificate is not signed by anyone whom this machine trusts",
            Self::CaAsServer => {
                "the server shows a certificate that is marked as a CA's own, and a server may not use such a one"
            }
            Self::NotByCa => "the server's certificate is signed by one that may not sign it",
            // The verifier does not say which ones it names.
            Self::WrongPurpose => {
                "the server's certificate is not meant for a server: its extended key usage names other purposes, for example \
                 clientAuth alone, and not serverAuth"
            }
            Self::BadSignature => {
                "the signature of the server's certificate cannot be verified: its key is too weak, as RSA of 1024 bits is, or its CA \
                 has another key than the one of that name that this machine trusts"
            }
            Self::WrongName => "the server's certificate is for another host name",
            Self::Nameless => "the server's certificate names no host: it has no subject alternative name",
            Self::Expired => "the server's certificate has expired",
            Self::NotYetValid => "the server's certificate is not valid yet",
            Self::Revoked => "the server's certificate was revoked",
            Self::OldSignature => "the server's certificate is signed by a method that is not accepted",
            Self::Unreadable => "the server's certificate is damaged, or of a form that is not accepted",
            Self::Unverified => "the server's certificate could not be verified",
            Self::NotTls => "what answers there does not speak TLS",
            Self::Refused => "the server refused the TLS connection",
            Self::Other => "the TLS handshake failed",
        }
    }

    pub(super) const fn hint(self) -> &'static str {
        match self {
            Self::Untrusted => {
                "If the certificate comes from your organisation's own CA, name the CA's file in the environment; if one is named \
                 there, it is of another CA, or of this one's former key. Otherwise somebody may be listening in: do not go on."
            }
            Self::CaAsServer => {
                "Make the certificate of the server anew, with basicConstraints CA:FALSE and its host as subjectAltName, and name \
                 that one as CA file; or let this one sign it, and keep this one as CA file."
            }
            Self::NotByCa => "Whoever runs the server has to use a certificate that a CA signed.",
            Self::WrongPurpose => "Whoever runs the server has to use a certificate for serverAuth.",
            Self::BadSignature => {
                "Whoever runs the server can tell its key: one of RSA needs 2048 bits. If it is strong enough, name the CA's present \
                 certificate as CA file. Otherwise somebody may be listening in: do not go on."
            }
            Self::WrongName => "Use the host name that the certificate is for. Is the URL that of another server?",
            Self::Nameless => {
                "Whoever runs the server has to make its certificate anew, with its host as subjectAltName: the common name does \
                 not count."
            }
            Self::Expired => "Whoever runs the server has to renew its certificate. Check this machine's clock too.",
            Self::NotYetValid => "Check this machine's clock. If it is right, the server has the wrong certificate.",
            Self::Revoked => "Whoever runs the server has to replace its certificate.",
            Self::OldSignature | Self::Unreadable => {
                "Whoever runs the server has to make its certificate anew: version 3, with SHA-256 and RSA of 2048 bits, or ECDSA."
            }
            Self::Unverified => "Ask whoever runs the server for its certificate, and have it looked at: do not go on.",
            Self::NotTls => "If the server really speaks plain http, write http:// in the URL; or check the port.",
            Self::Refused => "The server may ask for a client certificate, which aidb does not have.",
            Self::Other => "Ask whoever runs the server which TLS versions it offers: aidb needs TLS 1.2 or 1.3.",
        }
    }
}
