//! Every group, in the order in which they run: the quick ones first.
//!
//! To add a group, add an entry here. A group of plain commands needs nothing else;
//! one with a logic of its own gets a file beside this one.

mod api;
mod at_length;
mod bare;
mod bench;
mod bounded_work;
mod browser_client;
mod browsers;
mod chips;
mod cli_features;
mod compare;
mod constant_time;
mod figures;
mod firmware;
mod fuzz;
mod generated;
mod http;
mod install;
mod interop;
mod measured;
mod minimum_rust;
mod mutants;
mod package;
mod platforms;
mod sanitizers;
mod server;
mod stores;
mod supply_chain;
mod tree;
mod tree_copy;

use crate::needs::Need;
use crate::run::Run;

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// One line: what is known when the group passes.
    pub(crate) proves: &'static str,
    /// False for groups that run only when they are named.
    pub(crate) by_default: bool,
    pub(crate) needs: &'static [Need],
    pub(crate) check: Check,
}

#[derive(Debug)]
pub(crate) enum Check {
    /// Commands as one would type them in the root, `[NAME=value]... cargo WORDS...`; each is one check,
    /// or as many as `cargo test` counts.
    Commands(&'static [&'static str]),
    Own(fn(&mut Run<'_>)),
    /// The same, for what the words behind the group's name choose: fuzz targets, source files.
    Chosen(fn(&mut Run<'_>)),
    /// The same, and for as long as is asked.
    Campaign(fn(&mut Run<'_>)),
}

impl Group {
    pub(crate) fn takes_words(&self) -> bool {
        matches!(self.check, Check::Chosen(_) | Check::Campaign(_))
    }

    pub(crate) fn takes_minutes(&self) -> bool {
        matches!(self.check, Check::Campaign(_))
    }
}

/// What an image for a chip is built, run and looked through with.
const EMULATED_DOOR: &[Need] = &[
    Need::RustComponent("clippy"),
    Need::BareCompiler,
    Need::Program { name: "qemu-system-arm", package: "qemu-system-arm" },
    Need::Program { name: "qemu-system-riscv32", package: "qemu-system-misc" },
    Need::Program { name: "gcc", package: "gcc" },
    Need::Program { name: "arm-none-eabi-objdump", package: "binutils-arm-none-eabi" },
];

/// What bugs are planted and looked for with.
const PLANTING: &[Need] = &[
    Need::Machine("x86_64"),
    Need::Program { name: "c++", package: "g++" },
    Need::Program { name: "patch", package: "patch" },
];

pub(crate) const ALL: &[Group] = &[
    Group {
        name: "format",
        proves: "the code is formatted as rustfmt would",
        by_default: true,
        needs: &[Need::RustComponent("rustfmt")],
        check: Check::Commands(&[
            "cargo fmt --all --check",
            "cargo fmt --manifest-path firmware-example/Cargo.toml --all --check",
            "cargo fmt --manifest-path tests/no-std-probe/Cargo.toml --check",
            "cargo fmt --manifest-path tests/bench/Cargo.toml --check",
            "cargo fmt --manifest-path tests/public-api/Cargo.toml --check",
            "cargo fmt --manifest-path tests/compare/Cargo.toml --check",
            "cargo fmt --manifest-path fuzz/Cargo.toml --check",
        ]),
    },
    Group {
        name: "layout",
        proves: "file sizes, names, leftovers, unsafe code and dependency arrows follow the house rules",
        by_default: true,
        needs: &[],
        check: Check::Own(tree::check),
    },
    Group {
        name: "prose",
        proves: "texts, comments and names have none of the constructions that readers stumbled over",
        by_default: true,
        needs: &[],
        check: Check::Own(tree::prose),
    },
    Group {
        name: "package",
        proves: "each crate that is published can be packed, and its package has every file that it needs",
        by_default: true,
        needs: &[],
        check: Check::Own(package::check),
    },
    Group {
        name: "lints",
        proves: "clippy and the compiler have no warning, in every target and feature",
        by_default: true,
        needs: &[Need::RustComponent("clippy")],
        check: Check::Commands(&["cargo clippy --workspace --all-targets --all-features -- -D warnings"]),
    },
    Group {
        name: "generated",
        proves: "tables in the documents and test vectors are what their generator makes",
        by_default: true,
        needs: &[],
        check: Check::Own(generated::check),
    },
    Group {
        // What is left out here and below has a group of its own, on request: `crafted`, `long-compare`.
        name: "unit",
        proves: "each part does what its own tests say",
        by_default: true,
        needs: &[],
        check: Check::Commands(&[
            "cargo test --workspace --all-features --lib --bins --no-fail-fast -- --skip crafted_times --skip no_signature_is_slow",
        ]),
    },
    Group {
        name: "doc",
        proves: "the examples in the documentation run, and it builds without a warning",
        by_default: true,
        needs: &[],
        check: Check::Commands(&[
            "cargo test --workspace --all-features --doc --no-fail-fast",
            "RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps --all-features",
        ]),
    },
    Group {
        name: "api",
        proves: "what the crates make public is what the committed listings say: nothing comes or goes unnoticed",
        by_default: true,
        needs: &[],
        check: Check::Own(api::check),
    },
    Group {
        name: "vectors",
        proves: "every token of the refusal table gets its frozen number",
        by_default: true,
        needs: &[],
        check: Check::Commands(&[
            "cargo test --workspace --all-features --test core-alone -- vectors::",
            "cargo test --workspace --all-features --test suite -- host_vectors::",
        ]),
    },
    Group {
        name: "conformance",
        proves: "published test sets and RFC examples get the published verdicts",
        by_default: true,
        needs: &[],
        check: Check::Commands(&[
            "cargo test --workspace --all-features --test suite -- conformance::",
            "cargo test --workspace --all-features --test long_compare -- --skip ten_million",
        ]),
    },
    Group {
        name: "properties",
        proves: "laws hold for random tokens: every change is refused, nothing panics",
        by_default: true,
        needs: &[],
        check: Check::Commands(&["cargo test --workspace --all-features --test core-alone -- properties::"]),
    },
    Group {
        name: "compile-fail",
        proves: "misuse that the types forbid does not compile",
        by_default: true,
        needs: &[],
        check: Check::Commands(&["cargo test --workspace --all-features --test suite -- compile_fail::"]),
    },
    Group {
        name: "cli",
        proves: "the glowband command answers as documented, on real tokens and a long batch; the server runs in another service",
        by_default: true,
        needs: &[],
        check: Check::Commands(&[
            "cargo test --workspace --all-features --test cli",
            "cargo test --workspace --all-features --test suite -- cli::",
            "cargo build --workspace --all-features --example service",
            "cargo test --workspace --all-features --test embedded",
        ]),
    },
    Group {
        name: "cli-features",
        proves: "a command that only verifies has no database and no web server; each of its features compiles alone",
        by_default: true,
        needs: &[Need::RustComponent("clippy")],
        check: Check::Own(cli_features::check),
    },
    Group {
        name: "field",
        proves: "tokens and keys as thirty real issuers make them get the right verdict from core, host, command, batch and gate",
        by_default: true,
        needs: &[],
        check: Check::Commands(&["cargo test --workspace --all-features --test suite -- field::"]),
    },
    Group {
        name: "allocations",
        proves: "the core allocates nothing, whatever the token (counted)",
        by_default: true,
        needs: &[],
        check: Check::Commands(&["cargo test --workspace --all-features --test allocations"]),
    },
    Group {
        name: "interop",
        proves: "tokens of PyJWT and jose verify here, ours verify there, and five libraries verify the good tokens of tests/field",
        by_default: true,
        needs: &[
            Need::PythonPackages("interop"),
            Need::NodePackages("tests/interop"),
            Need::Program { name: "openssl", package: "openssl" },
        ],
        check: Check::Own(interop::check),
    },
    Group {
        name: "http",
        proves: "guards, remote key sets and forward-auth hold before real sockets, faults, a real nginx and a real Caddy",
        by_default: true,
        needs: &[
            Need::RustComponent("clippy"),
            Need::PythonPackages("proxies"),
            Need::NodePackages("tests/interop"),
            Need::Program { name: "nginx", package: "nginx-light" },
        ],
        check: Check::Own(http::check),
    },
    Group {
        name: "browser-client",
        proves: "the npm package keeps its lessons and its sizes, its tarball is well formed, and the examples are built from it",
        by_default: true,
        needs: &[Need::NodePackages(browser_client::FOLDER)],
        check: Check::Own(browser_client::check),
    },
    Group {
        name: "browsers",
        proves: "the npm package keeps a login in Chromium, Firefox and WebKitGTK, with the real server and a network that fails",
        by_default: true,
        needs: browsers::NEEDS,
        check: Check::Own(browsers::check),
    },
    Group {
        name: "stores",
        proves: "logins rotate once, are never revived and never lost, on every store, a private PostgreSQL included",
        by_default: true,
        needs: &[Need::RustComponent("clippy"), Need::Postgres],
        check: Check::Own(stores::check),
    },
    Group {
        name: "server",
        proves: "logins live and end as they should on the real server: races, kills, full disks, clocks, two databases, schemathesis",
        by_default: true,
        needs: &[
            Need::PythonPackages("openapi"),
            Need::Postgres,
            Need::Program { name: "faketime", package: "faketime" },
            Need::Program { name: "sqlite3", package: "sqlite3" },
            Need::Program { name: "curl", package: "curl" },
        ],
        check: Check::Own(server::check),
    },
    Group {
        name: "constant-time",
        proves: "no branch and no index depends on the HMAC key or tag (valgrind, secrets marked)",
        by_default: true,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "valgrind", package: "valgrind" }],
        check: Check::Own(constant_time::check),
    },
    Group {
        name: "bounded-work",
        proves: "no input of up to 64 KiB makes a verification take more than so many instructions a byte (counted), or allocate",
        by_default: true,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "valgrind", package: "valgrind" }],
        check: Check::Own(bounded_work::check),
    },
    Group {
        name: "fuzz-smoke",
        proves: "every fuzz target passes its seeds and some seconds of new ways, each against its oracles",
        by_default: true,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "c++", package: "g++" }],
        check: Check::Own(fuzz::smoke),
    },
    Group {
        name: "fuzz-planted",
        proves: "a bug planted in each parser is found by its target within a minute",
        by_default: true,
        needs: PLANTING,
        check: Check::Chosen(fuzz::planted_in_parsers),
    },
    Group {
        name: "bare",
        proves: "core builds without std in every feature subset, and an image with it has no allocator",
        by_default: true,
        needs: &[Need::BareCompiler],
        check: Check::Own(bare::check),
    },
    Group {
        name: "firmware",
        proves: "the door opens on an emulated board for the right token alone, survives power loss and noise, cannot panic in a verification, and costs what it did",
        by_default: true,
        needs: EMULATED_DOOR,
        check: Check::Own(firmware::check),
    },
    Group {
        name: "package-build",
        proves: "the packed crates compile, and their documentation's examples run, without a file of this tree",
        by_default: false,
        needs: &[],
        check: Check::Own(package::build),
    },
    Group {
        name: "install",
        proves: "the static program of the Dockerfile serves from an empty folder without privileges; a Debian package has it",
        by_default: false,
        needs: install::NEEDS,
        check: Check::Own(install::check),
    },
    Group {
        name: "platforms",
        proves: "core, verify, http and the command that only verifies compile for aarch64, Windows and macOS; vectors pass on aarch64",
        by_default: false,
        needs: platforms::NEEDS,
        check: Check::Own(platforms::check),
    },
    Group {
        name: "minimum-rust",
        proves: "each published crate compiles with the oldest Rust version that its manifest declares",
        by_default: false,
        needs: minimum_rust::NEEDS,
        check: Check::Own(minimum_rust::check),
    },
    Group {
        name: "door-demo",
        proves: "a door's whole story from one terminal, on an emulated board, and what it costs",
        by_default: false,
        needs: EMULATED_DOOR,
        check: Check::Own(firmware::demonstrate),
    },
    Group {
        name: "fuzz",
        proves: "a campaign finds nothing: all targets for --minutes N (5), then corpora made small, and what they cover",
        by_default: false,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "c++", package: "g++" }, Need::LlvmTools],
        check: Check::Campaign(fuzz::campaign),
    },
    Group {
        name: "fuzz-keep",
        proves: "what campaigns found is made small and kept as a seed, which every later run replays",
        by_default: false,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "c++", package: "g++" }],
        check: Check::Chosen(fuzz::keep),
    },
    Group {
        name: "core-coverage",
        proves: "fuzzing and the tests reach nearly every line of the core",
        by_default: false,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "c++", package: "g++" }, Need::LlvmTools],
        check: Check::Chosen(fuzz::core_coverage),
    },
    Group {
        name: "fuzz-planted-all",
        proves: "every planted bug is found by its target within a minute",
        by_default: false,
        needs: PLANTING,
        check: Check::Chosen(fuzz::every_planted),
    },
    Group {
        name: "fuzz-afl",
        proves: "another engine finds nothing: AFL++ around a target (json) for --minutes N (5)",
        by_default: false,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "afl-fuzz", package: "afl++" }],
        check: Check::Campaign(fuzz::afl),
    },
    Group {
        name: "sanitizers",
        proves: "unsafe code touches no memory but its own: address sanitizer over tests and fuzz targets; Miri where it is",
        by_default: false,
        needs: &[Need::Machine("x86_64"), Need::Program { name: "c++", package: "g++" }],
        check: Check::Own(sanitizers::check),
    },
    Group {
        name: "mutants",
        proves: "the core's tests notice every change that cargo-mutants makes to it, but for a list with reasons; takes hours",
        by_default: false,
        needs: &[mutants::NEED],
        check: Check::Chosen(mutants::check),
    },
    Group {
        name: "supply-chain",
        proves: "every lock file has permitted licences and sources, no crate twice without a reason, no known advisory",
        by_default: false,
        needs: &[supply_chain::NEED],
        check: Check::Own(supply_chain::check),
    },
    Group {
        name: "long-compare",
        proves: "ten million ES256 signatures get the verdict of aws-lc by every arithmetic, a tenth also RustCrypto's",
        by_default: false,
        needs: &[],
        check: Check::Own(at_length::compare),
    },
    Group {
        name: "crafted",
        proves: "no ES256 signature takes twice as long as others, however it was made",
        by_default: false,
        needs: &[],
        check: Check::Own(at_length::crafted),
    },
    Group {
        name: "long-outages",
        proves: "logins go on within 5 s after a network to PostgreSQL was silent for half a minute, three ways",
        by_default: false,
        needs: &[Need::Postgres],
        check: Check::Commands(&[
            "GLOWBAND_STORES=1 cargo test --workspace --all-features --test cli -- --ignored silent_for_half_a_minute",
        ]),
    },
    Group {
        name: "compare",
        proves: "what other libraries say to the vectors is what COMPARED.md tells, and ours is as it is frozen",
        by_default: false,
        needs: &[
            Need::PythonPackages("compare"),
            Need::NodePackages("tests/compare"),
            Need::Program { name: "faketime", package: "faketime" },
            Need::Program { name: "pkg-config", package: "pkg-config" },
            Need::Library { name: "openssl", package: "libssl-dev" },
        ],
        check: Check::Own(compare::peers),
    },
    Group {
        name: "bench",
        proves: "the speed against other libraries, measured here and now",
        by_default: false,
        needs: &[
            Need::Program { name: "pkg-config", package: "pkg-config" },
            Need::Library { name: "openssl", package: "libssl-dev" },
        ],
        check: Check::Own(bench::tokens),
    },
    Group {
        name: "bench-http",
        proves: "what a guard takes of a trivial route's requests a second (wrk), beside other middleware",
        by_default: false,
        needs: &[Need::Program { name: "wrk", package: "wrk" }],
        check: Check::Own(bench::middleware),
    },
    Group {
        name: "bench-sessions",
        proves: "checks, refreshes and logins a second beside Better Auth, and with a million sessions; writes the server's FIGURES.md",
        by_default: false,
        needs: &[Need::Postgres, Need::NodePackages("tests/bench/better-auth")],
        check: Check::Own(bench::sessions),
    },
];
