//! Writes inputs for every target into `fuzz/corpus`, from the vectors of `tests/vectors` and a few lists.

// Brings what the instruments call, where this is built with them.
use glowband_tests::vector::{Case, Presented, VectorFile};
use libfuzzer_sys as _;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Longer ones make an engine slow and teach it nothing.
const LONGEST: usize = 1500;
/// What chooses the usual policy at the usual time, see `reading/terms.rs`.
const USUAL_TERMS: [u8; 7] = [0; 7];

const BEARERS: &[&str] = &[
    "",
    "Bearer a.b.c",
    "bearer a.b.c",
    "BEARER   a",
    "Bearer",
    "Bearer ",
    "Bearer\ta",
    "Basic YTpi",
    "Bearer a=",
    "Bearer a b",
    "Bearer a\nBearer b",
    "Bearer a, Bearer b",
    " Bearer a",
    "Bearer =",
    "DPoP a.b.c",
    "Bearer a~+/-._9==",
];

const COOKIES: &[&str] = &[
    "",
    "__Host-t=a.b.c",
    "x=1; __Host-t=a.b.c",
    "__Host-t=a; __Host-t=b",
    "__Host-t=",
    "__Host-t=\"a\"",
    "t=a",
    "x=1\n__Host-t=a",
    "__Host-t=a b",
    "__host-t=a",
    "__Host-t",
    " __Host-t=a ;",
    "__Host-t=a==;=;;x",
];

const POLICIES: &[&str] = &[
    "issuer = \"https://id.example\"\naudience = [\"orders-api\", \"x\"]\nleeway = \"30s\"\n[keys]\nfile = \"keys.json\"\n",
    "listen = \"127.0.0.1:9190\"\ndanger-any-issuer-any-audience = true\nmax-age = 3600\n[keys]\nsecret-file = \"s\"\n",
    "token-type = \"at+jwt\"\nsubject = \"a\"\nallow-missing-expiry = true\nrequire-scopes = [\"orders:read\"]\n",
    "realm = \"orders\"\ncookie = \"__Host-access\"\nallow-origins = [\"https://a.example\"]\ncache-bytes = 1048576\n",
    "[keys]\ndiscover = \"https://id.example\"\ntimeout = \"5m\"\nrefresh-every = \"1h\"\ndrop-after = \"30d\"\n",
    "[keys]\njwks-url = \"https://id.example/jwks\"\nroot-certificates = \"ca.pem\"\nproxy-from-environment = true\ndanger-allow-plain-http-on-loopback = true\n",
    "leeway = \"18446744073709551615s\"\n",
    "leeway = \"5m\"\nmax-age = \"2h\"\n",
    "leeway = -1\n",
    "issuer = []\n",
    "unknown = 1\n",
    "leeway = \"1w\"\n",
];

/// Claims at the edge of what is accepted.
const EDGES: &[&str] = &[
    "\"aud\":\"door-42\",\"exp\":1700000000",
    "\"aud\":\"door-42\",\"exp\":1700000001",
    "\"aud\":\"door-42\",\"exp\":1700000300,\"nbf\":1700000000",
    "\"aud\":\"door-42\",\"exp\":1700000300,\"nbf\":1700000000.5",
    "\"aud\":\"door-42\",\"exp\":1700000300,\"iat\":1700000001",
    "\"aud\":[],\"exp\":1700000300",
];

fn main() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut writer = Writer { seen: BTreeSet::new(), corpus: &corpus };
    for vector in &VectorFile::read().vectors {
        match &vector.case {
            Case::Verify(presented) | Case::Jws(presented) | Case::Claims { presented, .. } => {
                token(&mut writer, presented);
            }
            Case::Key { jwk } => {
                writer.write("jwk", jwk);
                writer.write("jwks", format!("{{\"keys\":[{jwk}]}}"));
            }
            Case::KeyFile { content } => writer.write("jwks", content),
            Case::Secret { .. }
            | Case::Point { .. }
            | Case::Ring { .. }
            | Case::Replay { .. }
            | Case::Request { .. } => {}
        }
    }
    for (target, texts) in [("bearer", BEARERS), ("cookies", COOKIES), ("policy_file", POLICIES)] {
        texts.iter().for_each(|text| writer.write(target, text));
    }
    for edge in EDGES {
        let payload = format!("{{\"iss\":\"https://id.example\",{edge}}}");
        writer.write("claims", [USUAL_TERMS.as_slice(), &[0], payload.as_bytes()].concat());
    }
    by_bytes(&mut writer);
    println!("{} inputs in {}", writer.seen.len(), corpus.display());
}

fn token(writer: &mut Writer<'_>, presented: &Presented) {
    let token = presented.token.bytes();
    if token.len() > LONGEST {
        return;
    }
    writer.write("compact", &token);
    writer.write("past_signature", [&[1], USUAL_TERMS.as_slice(), &token].concat());
    writer.write("framing", [&[39, 7, 3], token.as_slice(), b"\r\n", &token[..token.len().min(20)], b"\n"].concat());
    writer.write("chip_code", [&[64, 32], token.as_slice()].concat());
    let request = format!("\u{6}{{\"id\":1,\"token\":\"{}\",\"now\":1700000000}}", String::from_utf8_lossy(&token));
    writer.write("request_lines", request);
    let segments: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
    segments.iter().for_each(|segment| writer.write("base64url", segment));
    let decoded: Vec<_> = segments.iter().filter_map(|part| glowband_fuzz::reading::base64url::decode(part)).collect();
    let [header, payload, ..] = decoded.as_slice() else { return };
    writer.write("header", header);
    writer.write("json", payload);
    writer.write("json", header);
    writer.write("claims", [USUAL_TERMS.as_slice(), &[0], payload].concat());
    writer.write("past_signature", [&[0], USUAL_TERMS.as_slice(), &[0], header, b"\n", payload].concat());
    for word in payload.split(|byte| b",:{}[] ".contains(byte)) {
        if word.first().is_some_and(|byte| *byte == b'-' || byte.is_ascii_digit()) {
            writer.write("dates", word);
        }
    }
}

/// Targets that read bytes as choices.
fn by_bytes(writer: &mut Writer<'_>) {
    for step in [1_u8, 3, 7, 11, 29, 64, 101] {
        for length in [8, 16, 40, 120] {
            let bytes: Vec<u8> = (0..length).map(|at: u8| at.wrapping_mul(step).wrapping_add(step / 2)).collect();
            for target in ["structured", "differential", "rotation", "hs256_batch", "refresh_token"] {
                writer.write(target, &bytes);
            }
        }
    }
    writer.write("structured", [0; 40]);
    writer.write("differential", [0; 40]);
    for operations in
        [&[0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 1, 6, 0, 0, 0][..], &[0, 1, 0, 0, 9, 0, 5, 0, 2, 1, 0, 0, 11, 0, 0, 0]]
    {
        writer.write("rotation", operations);
    }
    // A session that is refreshed shortly before each of its ends.
    writer.write("rotation", [[0; 4].as_slice(), [9, 0, 4, 0, 2, 0, 0, 0].repeat(5).as_slice()].concat());
}

struct Writer<'c> {
    seen: BTreeSet<(String, Vec<u8>)>,
    corpus: &'c Path,
}

impl Writer<'_> {
    fn write(&mut self, target: &str, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        if bytes.len() > LONGEST || !self.seen.insert((target.to_owned(), bytes.to_vec())) {
            return;
        }
        let folder = self.corpus.join(target);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("vector-{:04}", self.seen.len())), bytes).expect("a file");
    }
}
