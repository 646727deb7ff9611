//! Code between the fences of Markdown.
use super::{OutputParser, Progress, fault};
use crate::{Delta, Result};
use serde::Serialize;
use serde_json::{Value, json};

/// A block of code between fences.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct CodeBlock {
    /// What the fence says first; empty if it says nothing.
    pub language: String,
    /// The lines between the fences, without the `\n` behind the last of them; a `\r` before it stays, as everywhere.
    pub code: String,
}

/// Reads the first block of code in a text; what stands around it is passed over.
///
/// Fences are those of CommonMark: three or more backticks or tildes, and as many or more of them at the end. While the
/// answer is written, the code is handed out line by line, so that a parser behind this one streams too.
///
/// ```
/// use catena::{JsonParser, Model, parse::CodeBlockParser, testing::FakeLlm};
///
/// let llm = Model::new(FakeLlm::always("Here you are:\n```json\n[1, 2]\n```\nAnything else?"));
/// let chain = llm | CodeBlockParser::new() | JsonParser::<Vec<u8>>::new();
/// assert_eq!(futures::executor::block_on(chain.invoke("Numbers?"))?, [1, 2]);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CodeBlockParser {
    language: Option<String>,
}

impl CodeBlockParser {
    /// The first block of any language.
    pub fn new() -> Self {
        CodeBlockParser::default()
    }

    /// The first block of this language; capitals do not matter.
    pub fn language(language: impl Into<String>) -> Self {
        CodeBlockParser { language: Some(language.into()) }
    }

    fn wants(&self, language: &str) -> bool {
        self.language.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(language))
    }
}

impl OutputParser for CodeBlockParser {
    type Output = String;

    fn parse(&self, text: &str) -> Result<String> {
        let (blocks, open) = blocks(text);
        if let Some(block) = blocks.into_iter().find(|block| self.wants(&block.language)) {
            return Ok(block.code);
        }
        if open.is_some_and(|language| self.wants(&language)) {
            return Err(never_closed(text));
        }
        let of = self.language.as_ref().map(|language| format!(" of `{language}`")).unwrap_or_default();
        Err(fault::unreadable(text, format!("there is no block of code{of} between fences in {}", fault::shown(text))))
    }

    fn format_instructions(&self) -> String {
        let language = self.language.as_deref().unwrap_or_default();
        format!("Answer with one block of code between fences, like this:\n```{language}\n…\n```")
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(First { parser: self.clone(), lines: Lines::default(), wanted: false, begun: false, done: false })
    }
}

crate::parser_step!(CodeBlockParser);

/// Reads all blocks of code in a text; what stands around them is passed over. A text may have none.
#[derive(Debug, Clone, Copy, Default)]
pub struct CodeBlocksParser;

impl OutputParser for CodeBlocksParser {
    type Output = Vec<CodeBlock>;

    fn parse(&self, text: &str) -> Result<Vec<CodeBlock>> {
        match blocks(text) {
            (blocks, None) => Ok(blocks),
            (_, Some(_)) => Err(never_closed(text)),
        }
    }

    fn format_instructions(&self) -> String {
        "Write code in blocks between fences, the language behind the first, like this:\n```rust\n…\n```".to_owned()
    }

    fn schema(&self) -> Option<Value> {
        let text = json!({ "type": "string" });
        let block = json!({
            "type": "object",
            "properties": { "language": text, "code": text },
            "required": ["language", "code"],
        });
        Some(json!({ "type": "array", "items": block }))
    }
}

crate::parser_step!(CodeBlocksParser);

fn never_closed(text: &str) -> crate::Error {
    fault::truncated(text, "the answer ends before the fence of a block of code")
}

/// The blocks of a text, and the language of one that is not closed.
fn blocks(text: &str) -> (Vec<CodeBlock>, Option<String>) {
    let mut lines = Lines::default();
    let (mut blocks, mut open) = (Vec::new(), None::<CodeBlock>);
    let mut take = |event| match (event, &mut open) {
        (Event::Open(language), _) => open = Some(CodeBlock { language, code: String::new() }),
        (Event::Code(line), Some(block)) => {
            block.code.push_str(&line);
            block.code.push('\n');
        }
        (Event::Close, _) => {
            if let Some(mut block) = open.take() {
                block.code.pop();
                blocks.push(block);
            }
        }
        (Event::Code(_), None) => {}
    };
    lines.push(text, &mut take);
    lines.end(&mut take);
    (blocks, open.map(|block| block.language))
}

/// Reads a text line by line.
#[derive(Debug, Default)]
struct Lines {
    line: String,
    fence: Option<Fence>,
}

#[derive(Debug, Clone, Copy)]
struct Fence {
    mark: char,
    count: usize,
    indent: usize,
}

enum Event {
    Open(String),
    Code(String),
    Close,
}

impl Lines {
    fn push(&mut self, text: &str, take: &mut impl FnMut(Event)) {
        for part in text.split_inclusive('\n') {
            self.line.push_str(part);
            if part.ends_with('\n') {
                self.end(take);
            }
        }
    }

    /// The line ends.
    fn end(&mut self, take: &mut impl FnMut(Event)) {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix('\n').unwrap_or(&line);
        let marked = fence(line.strip_suffix('\r').unwrap_or(line));
        match (self.fence, marked) {
            (None, Some((fence, info))) => {
                self.fence = Some(fence);
                take(Event::Open(info.split_whitespace().next().unwrap_or_default().to_owned()));
            }
            (Some(open), Some((fence, info)))
                if fence.mark == open.mark && fence.count >= open.count && info.is_empty() =>
            {
                self.fence = None;
                take(Event::Close);
            }
            (Some(open), _) => {
                let blank = line.len() - line.trim_start_matches(' ').len();
                take(Event::Code(line.get(blank.min(open.indent)..).unwrap_or_default().to_owned()));
            }
            (None, None) => {}
        }
    }
}

/// The fence on this line, and what it says.
fn fence(line: &str) -> Option<(Fence, &str)> {
    let marks = line.trim_start_matches(' ');
    let indent = line.len() - marks.len();
    let mark = marks.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let info = marks.trim_start_matches(mark);
    let count = marks.len() - info.len();
    let known = indent <= 3 && count >= 3 && !(mark == '`' && info.contains('`'));
    known.then(|| (Fence { mark, count, indent }, info.trim()))
}

struct First {
    parser: CodeBlockParser,
    lines: Lines,
    wanted: bool,
    begun: bool,
    done: bool,
}

impl Progress for First {
    fn push(&mut self, text: &str, out: &mut Vec<Delta>) -> Result<()> {
        if self.done {
            return Ok(());
        }
        let First { parser, lines, wanted, begun, done } = self;
        let mut code = String::new();
        lines.push(text, &mut |event| match event {
            Event::Open(language) => *wanted = !*done && parser.wants(&language),
            Event::Code(line) if *wanted => {
                if std::mem::replace(begun, true) {
                    code.push('\n');
                }
                code.push_str(&line);
            }
            Event::Close if *wanted => (*wanted, *done) = (false, true),
            Event::Code(_) | Event::Close => {}
        });
        if !code.is_empty() {
            out.push(Delta::Text(code));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chunk, ErrorKind, parse::follow};
    use futures::{StreamExt, executor::block_on, stream};
    use proptest::prelude::*;

    #[test]
    fn fences_are_those_of_common_mark() {
        let all = |text| CodeBlocksParser.parse(text).unwrap();
        let block = |language: &str, code: &str| CodeBlock { language: language.into(), code: code.into() };
        assert_eq!(all("a\n```rust ignore\nfn x() {}\n\n```\nb ``` c"), [block("rust", "fn x() {}\n")]);
        assert_eq!(all("````\n```\ninner\n```\n````"), [block("", "```\ninner\n```")]);
        assert_eq!(all("~~~py\n```\n~~~~\n```\r\nx\r\n```"), [block("py", "```"), block("", "x\r")]);
        assert_eq!(all("  ```\n   x\n ```"), [block("", " x")]);
        assert_eq!(all("```\n```"), [block("", "")]);
        assert_eq!(all("no code"), []);
        assert_eq!(CodeBlocksParser.parse("```\nx").unwrap_err().kind(), ErrorKind::Truncated);
        let parser = CodeBlockParser::language("JSON");
        assert_eq!(parser.parse("```py\nx\n```\n```json\n1\n```").unwrap(), "1");
        assert_eq!(parser.parse("```py\nx\n```").unwrap_err().kind(), ErrorKind::Parse);
        assert_eq!(parser.parse("```py\nx\n```\n```json\n1").unwrap_err().kind(), ErrorKind::Truncated);
    }

    proptest! {
        #[test]
        fn what_is_handed_out_is_the_code(text in "(```(py|js)?\n|a|é|\n|~~~\n)*", at in proptest::collection::vec(any::<usize>(), 0..8)) {
            let mut at: Vec<_> = at.iter().map(|at| at % (text.len() + 1)).filter(|at| text.is_char_boundary(*at)).collect();
            at.extend([0, text.len()]);
            at.sort_unstable();
            let parts = at.windows(2).map(|ends| Ok(Chunk::Delta(Delta::Text(text[ends[0]..ends[1]].to_owned()))));
            let whole = stream::iter(parts.chain([Ok(Chunk::Done(text.clone()))]).collect::<Vec<_>>()).boxed();
            let parser = CodeBlockParser::language("py");
            let chunks: Vec<_> = block_on(follow(&parser, whole).collect());
            let texts = chunks.iter().filter_map(|chunk| match chunk { Ok(Chunk::Delta(Delta::Text(text))) => Some(text.as_str()), _ => None });
            match parser.parse(&text) {
                Ok(code) => {
                    prop_assert_eq!(texts.collect::<String>(), code.as_str());
                    prop_assert_eq!(chunks.last().unwrap().as_ref().unwrap(), &Chunk::Done(code));
                }
                Err(error) => prop_assert_eq!(chunks.last().unwrap().as_ref().unwrap_err().kind(), error.kind()),
            }
        }
    }
}
