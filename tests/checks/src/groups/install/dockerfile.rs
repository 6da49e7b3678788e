//! The commands of the Dockerfile, as far as they can be carried out without a container engine.

use std::fs;
use std::path::Path;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Dockerfile {
    /// The words after `RUN cargo`.
    build: Vec<String>,
    /// `ENV` of the last stage.
    pub(super) environment: Vec<(String, String)>,
    /// `USER` of the last stage: a user and a group, as numbers.
    pub(super) user: String,
    pub(super) group: String,
    /// `VOLUME` of the last stage, from its root.
    pub(super) volume: String,
    /// `ENTRYPOINT` and `CMD`.
    pub(super) command: Vec<String>,
}

impl Dockerfile {
    /// The words after `cargo` that build the program for this target.
    pub(super) fn build_words(&self, target: &str) -> Vec<String> {
        self.build.iter().map(|word| if word.contains("$(uname") { target.to_owned() } else { word.clone() }).collect()
    }
}

pub(super) fn read(path: &Path) -> Result<Dockerfile, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Dockerfile, String> {
    let mut found = Dockerfile::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (instruction, rest) = line.split_once(' ').unwrap_or((line, ""));
        match instruction {
            "FROM" => found = Dockerfile { build: found.build, ..Dockerfile::default() },
            "RUN" if rest.starts_with("cargo ") => {
                let rest = rest.replace("$(uname -m)", "$(uname)");
                found.build = rest.split(' ').skip(1).map(|word| word.trim_matches('"').to_owned()).collect();
            }
            "ENV" => {
                let (name, value) =
                    rest.split_once('=').ok_or_else(|| format!("`{line}`: allowed is ENV NAME=VALUE"))?;
                found.environment.push((name.to_owned(), value.to_owned()));
            }
            "USER" => {
                let (user, group) = rest.split_once(':').ok_or_else(|| format!("`{line}`: allowed is USER UID:GID"))?;
                (found.user, found.group) = (user.to_owned(), group.to_owned());
            }
            "VOLUME" => found.volume = rest.to_owned(),
            "ENTRYPOINT" | "CMD" => found.command.extend(rest.split('"').skip(1).step_by(2).map(str::to_owned)),
            "RUN" | "COPY" | "EXPOSE" | "WORKDIR" => {}
            _ => return Err(format!("`{line}`: this check does not know {instruction}")),
        }
    }
    for (what, value) in [("USER", &found.user), ("VOLUME", &found.volume)] {
        if value.is_empty() {
            return Err(format!("no {what} in the last stage"));
        }
    }
    if found.build.is_empty() || found.command.is_empty() {
        return Err("no `RUN cargo build`, or no ENTRYPOINT".to_owned());
    }
    if found.user == "0" {
        return Err("USER 0: the program must run as an unprivileged user".to_owned());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# text\nFROM rust AS build\nENV X=1\nRUN cargo build --target \"$(uname -m)-unknown-linux-musl\"\n\
        FROM scratch\nCOPY a b\nUSER 7:8\nENV DATA=/data\nVOLUME /data\nENTRYPOINT [\"/program\"]\nCMD [\"serve\", \"now\"]\n";

    #[test]
    fn the_last_stage_is_read() {
        let found = parse(TEXT).expect("a Dockerfile");
        assert_eq!(found.build_words("t"), ["build", "--target", "t"]);
        assert_eq!(found.environment, [("DATA".to_owned(), "/data".to_owned())]);
        assert_eq!((found.user.as_str(), found.group.as_str(), found.volume.as_str()), ("7", "8", "/data"));
        assert_eq!(found.command, ["/program", "serve", "now"]);
    }

    #[test]
    fn what_the_check_cannot_follow_is_refused() {
        assert!(parse(&TEXT.replace("USER 7:8\n", "")).is_err());
        assert!(parse(&TEXT.replace("7:8", "0:0")).is_err());
        assert!(parse(&TEXT.replace("VOLUME /data", "ARG x")).is_err());
        assert!(parse(&TEXT.replace("RUN cargo", "RUN make")).is_err());
    }
}
