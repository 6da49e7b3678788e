//! The OpenAPI document as an HTML page, without scripts and without resources from other servers.

use aws_lc_rs::digest;
use base64ct::{Base64, Encoding as _};
use serde_json::{Map, Value};
use std::fmt::{self, Write as _};

const STYLE: &str = include_str!("docs_page.css");
/// The order of an operation's methods on the page.
const METHODS: [&str; 3] = ["get", "post", "delete"];

/// The page, and its `Content-Security-Policy`, which allows only the page's own style sheet.
pub(super) struct DocsPage {
    pub(super) html: String,
    pub(super) content_security_policy: String,
}

impl DocsPage {
    /// Renders this document.
    pub(super) fn of(document: &Value) -> Self {
        let mut html = String::with_capacity(64 * 1024);
        // Writing to a string cannot fail.
        let _ = Page { document }.write(&mut html);
        let hash = Base64::encode_string(digest::digest(&digest::SHA256, STYLE.as_bytes()).as_ref());
        let content_security_policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self { html, content_security_policy }
    }
}

struct Page<'d> {
    document: &'d Value,
}

impl Page<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        let info = &self.document["info"];
        let title = Escaped(text(info, "title"));
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title} <small>{}</small></h1>\n",
            Escaped(text(info, "version")),
        )?;
        paragraphs(out, text(info, "description"))?;
        out.write_str(
            "<p>The same as an OpenAPI document: <a href=\"/openapi.json\">openapi.json</a></p>\n</header>\n<main>\n",
        )?;
        for tag in self.document["tags"].as_array().into_iter().flatten() {
            let name = text(tag, "name");
            writeln!(out, "<section>\n<h2>{}</h2>", Escaped(name))?;
            paragraphs(out, text(tag, "description"))?;
            self.operations(out, name)?;
            out.write_str("</section>\n")?;
        }
        out.write_str("<section>\n<h2>Schemas</h2>\n")?;
        for (name, schema) in members(&self.document["components"]["schemas"]) {
            writeln!(out, "<article id=\"schema-{0}\">\n<h3>{0}</h3>", Escaped(name))?;
            paragraphs(out, text(schema, "description"))?;
            self.properties(out, schema)?;
            out.write_str("</article>\n")?;
        }
        out.write_str("</section>\n</main>\n</body>\n</html>\n")
    }

    fn operations(&self, out: &mut String, tag: &str) -> fmt::Result {
        for (path, item) in members(&self.document["paths"]) {
            for method in METHODS {
                let operation = &item[method];
                let tagged = operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|own| own == tag));
                if tagged {
                    self.operation(out, method, path, operation)?;
                }
            }
        }
        Ok(())
    }

    fn operation(&self, out: &mut String, method: &str, path: &str, operation: &Value) -> fmt::Result {
        let id = Escaped(text(operation, "operationId"));
        writeln!(
            out,
            "<article id=\"{id}\">\n<h3><span class=\"{method}\">{}</span> <code>{}</code></h3>",
            method.to_uppercase(),
            Escaped(path)
        )?;
        paragraphs(out, text(operation, "summary"))?;
        paragraphs(out, text(operation, "description"))?;
        let schemes = operation["security"].as_array().into_iter().flatten();
        let schemes: Vec<String> = schemes
            .flat_map(|scheme| scheme.as_object().into_iter().flat_map(Map::keys))
            .map(|name| format!("<code>{}</code>", Escaped(name)))
            .collect();
        if !schemes.is_empty() {
            writeln!(out, "<p>Credentials: {}</p>", schemes.join(" or "))?;
        }
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        if !parameters.is_empty() {
            out.write_str("<table>\n<tr><th>parameter</th><th>in</th><th>type and meaning</th></tr>\n")?;
            for parameter in parameters {
                let needed = if parameter["required"] == true { "" } else { "optional; " };
                writeln!(
                    out,
                    "<tr><td><code>{}</code></td><td>{}</td><td>{needed}{}{}</td></tr>",
                    Escaped(text(parameter, "name")),
                    Escaped(text(parameter, "in")),
                    Kind(&parameter["schema"]),
                    Sentence(text(parameter, "description")),
                )?;
            }
            out.write_str("</table>\n")?;
        }
        for (media, content) in members(&operation["requestBody"]["content"]) {
            writeln!(out, "<p>Body: <code>{}</code>, {}</p>", Escaped(media), Kind(&content["schema"]))?;
        }
        out.write_str("<table>\n<tr><th>status</th><th>meaning</th><th>body</th></tr>\n")?;
        for (status, response) in members(&operation["responses"]) {
            let response = self.resolved(response);
            write!(out, "<tr><td>{}</td><td>{}</td><td>", Escaped(status), Escaped(text(response, "description")))?;
            for (media, content) in members(&response["content"]) {
                match content.get("schema") {
                    Some(schema) => write!(out, "{} ", Kind(schema))?,
                    None => write!(out, "<code>{}</code> ", Escaped(media))?,
                }
            }
            out.write_str("</td></tr>\n")?;
        }
        out.write_str("</table>\n</article>\n")
    }

    fn properties(&self, out: &mut String, schema: &Value) -> fmt::Result {
        if schema.get("properties").is_none() {
            return writeln!(out, "<p>{}</p>", Kind(schema));
        }
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        out.write_str("<table>\n<tr><th>member</th><th>type and meaning</th></tr>\n")?;
        for (name, property) in members(&schema["properties"]) {
            let needed = if required.contains(&name.as_str()) { "" } else { "optional; " };
            writeln!(
                out,
                "<tr><td><code>{}</code></td><td>{needed}{}{}</td></tr>",
                Escaped(name),
                Kind(property),
                Sentence(text(property, "description")),
            )?;
        }
        out.write_str("</table>\n")
    }

    /// What a reference within the document stands for.
    fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        let target = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        target.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(value)
    }
}

/// A schema in a few words, with its bounds.
struct Kind<'v>(&'v Value);

impl fmt::Display for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.0;
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            return write!(f, "<a href=\"#schema-{0}\">{0}</a>", Escaped(name));
        }
        if let Some(words) = schema["enum"].as_array() {
            let words: Vec<String> =
                words.iter().map(|word| format!("<code>{}</code>", Escaped(&word.to_string()))).collect();
            return f.write_str(&words.join(" or "));
        }
        match schema["type"].as_str() {
            Some("array") => write!(f, "a list of {}", Kind(&schema["items"]))?,
            Some(name) => f.write_str(name)?,
            None => f.write_str("any value")?,
        }
        for (least, most, unit) in
            [("minLength", "maxLength", " characters"), ("minimum", "maximum", ""), ("minItems", "maxItems", " items")]
        {
            match (&schema[least], &schema[most]) {
                (Value::Null, Value::Null) => {}
                (least, Value::Null) => write!(f, ", {least}{unit} or more")?,
                (Value::Null, most) => write!(f, ", up to {most}{unit}")?,
                (least, most) => write!(f, ", {least} to {most}{unit}")?,
            }
        }
        match schema["pattern"].as_str() {
            Some(pattern) => write!(f, ", <code>{}</code>", Escaped(pattern)),
            None => Ok(()),
        }
    }
}

/// A description behind a kind.
struct Sentence<'t>(&'t str);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, ". {}", Marked(self.0)) }
    }
}

fn paragraphs(out: &mut String, text: &str) -> fmt::Result {
    text.split("\n\n")
        .filter(|part| !part.trim().is_empty())
        .try_for_each(|part| writeln!(out, "<p>{}</p>", Marked(part)))
}

/// A text whose words in backticks are code.
struct Marked<'t>(&'t str);

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.split('`').enumerate().try_for_each(|(at, part)| match at % 2 {
            0 => Escaped(part).fmt(f),
            _ => write!(f, "<code>{}</code>", Escaped(part)),
        })
    }
}

/// A text within HTML or one of its attributes.
struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            other => f.write_char(other),
        })
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_of_the_document_becomes_markup() {
        let document = json!({
            "info": {"title": "<script>alert(1)</script>", "version": "\"1\"", "description": "a `<b>` & b"},
            "tags": [{"name": "t"}],
            "paths": {"/a<b>": {"get": {
                "tags": ["t"], "operationId": "x\" onload=\"y", "summary": "<i>",
                "responses": {"200": {"$ref": "#/components/responses/Good"}},
            }}},
            "components": {"responses": {"Good": {"description": "It's <good>."}}},
        });
        let page = DocsPage::of(&document);
        for bad in ["<script", "<i>", "onload=\"", "<good>", "/a<b>"] {
            assert!(!page.html.contains(bad), "{bad}");
        }
        assert!(page.html.contains("a <code>&lt;b&gt;</code> &amp; b") && page.html.contains("It&#39;s &lt;good&gt;."));
    }

    #[test]
    fn the_style_has_the_hash_that_the_policy_names_and_asks_for_nothing() {
        let page = DocsPage::of(&json!({}));
        assert!(page.content_security_policy.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(page.html.contains(&format!("<style>{STYLE}</style>")));
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains("</"));
        assert!(!page.html.contains(" style=") && !page.html.contains("src="));
    }
}
