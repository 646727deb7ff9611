//! Reads types.
use super::{
    ast::{Element, Keyword, Kind, Literal, Type},
    fault::{Fault, Outcome},
    lexer::Token,
    parser::{FUNCTION, Parser},
};

/// How deep types may stand in one another.
const MAX_DEPTH: usize = 100;

impl Parser<'_> {
    /// A whole type.
    pub(super) fn of_type(&mut self) -> Outcome<Type> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fault(format!("types nest deeper than {MAX_DEPTH}: give inner ones a name")));
        }
        self.depth += 1;
        let found = self.joined("|", Kind::Union, |parser| parser.joined("&", Kind::Intersection, Self::postfix))?;
        self.depth -= 1;
        // On a line of its own it is the name of a member.
        if self.current.token == Token::Name("extends") && !self.current.on_new_line {
            return Err(self.fault("conditional types are not read: write the type that it comes to"));
        }
        Ok(found)
    }

    /// Types with this mark between them, and perhaps before the first.
    fn joined(
        &mut self,
        mark: &str,
        kind: fn(Vec<Type>) -> Kind,
        mut one: impl FnMut(&mut Self) -> Outcome<Type>,
    ) -> Outcome<Type> {
        let start = self.current.at.start;
        self.eat(mark)?;
        let first = one(self)?;
        if self.current.token != Token::Mark(if mark == "|" { "|" } else { "&" }) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.eat(mark)? {
            all.push(one(self)?);
        }
        let end = all.last().map_or(start, |last| last.at.end);
        Ok(Type { kind: kind(all), at: start..end })
    }

    /// A type with the brackets behind it.
    fn postfix(&mut self) -> Outcome<Type> {
        let start = self.current.at.start;
        // `readonly` says nothing about the values.
        self.eat_word("readonly")?;
        let mut found = self.primary()?;
        let mut rounds = 0;
        while !self.current.on_new_line && self.eat("[")? {
            rounds += 1;
            if rounds > MAX_DEPTH {
                return Err(self.fault(format!("types nest deeper than {MAX_DEPTH}: give inner ones a name")));
            }
            if self.current.token != Token::Mark("]") {
                return Err(
                    self.fault("members of types are not looked up: write the member's type, or give it a name")
                );
            }
            let at = start..self.current.at.end;
            self.advance()?;
            found = Type { kind: Kind::Array(Box::new(found)), at };
        }
        Ok(found)
    }

    fn primary(&mut self) -> Outcome<Type> {
        let at = self.current.at.clone();
        let kind = match self.current.token.clone() {
            Token::Name(word) => return self.word(word),
            Token::Text(text) => Kind::Literal(Literal::Text(text)),
            Token::Number(number) => Kind::Literal(Literal::Number(number)),
            Token::Template { text, ends } => return self.template(text, ends),
            Token::Mark("-") => {
                self.advance()?;
                let Token::Number(number) = self.current.token else {
                    return Err(self.fault("expected a number here"));
                };
                Kind::Literal(Literal::Number(-number))
            }
            Token::Mark("{") => {
                self.advance()?;
                let members = self.members()?;
                return Ok(Type { kind: Kind::Object(members), at });
            }
            Token::Mark("[") => return self.tuple(),
            Token::Mark("(") => {
                if self.is_function()? {
                    return Err(self.fault(FUNCTION));
                }
                self.advance()?;
                let inner = self.of_type()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Mark("<") => return Err(self.fault(FUNCTION)),
            Token::Mark("?" | "!") => return Err(self.fault("this is JSDoc's notation: write `Type | null`")),
            Token::Mark("*") => return Err(self.fault("this is JSDoc's notation: write `any`")),
            Token::End => return Err(self.fault("the text ends where a type should stand")),
            Token::Mark(_) => return Err(self.fault("expected a type here")),
        };
        self.advance()?;
        Ok(Type { kind, at })
    }

    /// A type that begins with a word.
    fn word(&mut self, word: &str) -> Outcome<Type> {
        let at = self.current.at.clone();
        let keyword = match word {
            "any" | "unknown" => Keyword::Any,
            "never" => Keyword::Never,
            "object" => Keyword::Object,
            "string" => Keyword::String,
            "number" => Keyword::Number,
            "boolean" => Keyword::Boolean,
            "null" => Keyword::Null,
            "undefined" | "void" => Keyword::Undefined,
            _ => return self.named(word),
        };
        self.advance()?;
        Ok(Type { kind: Kind::Keyword(keyword), at })
    }

    fn named(&mut self, word: &str) -> Outcome<Type> {
        let why = match word {
            "true" | "false" => {
                let at = self.advance()?.at;
                return Ok(Type { kind: Kind::Literal(Literal::Boolean(word == "true")), at });
            }
            "bigint" => "JSON has no big integers: write `number`, or a string",
            "symbol" | "unique" => "JSON has no symbols: write `string`",
            "keyof" => "`keyof` is not read: write the names as a union of strings",
            "typeof" => "`typeof` is not read: write the type itself",
            "infer" => "conditional types are not read: write the type that it comes to",
            "new" | "abstract" | "asserts" => FUNCTION,
            "this" => "`this` is not read: write the name of the interface",
            "import" => "nothing is imported: put the declaration into this text",
            _ => "",
        };
        if !why.is_empty() {
            return Err(self.fault(why));
        }
        let start = self.current.at.start;
        let mut end = self.advance()?.at.end;
        let mut name = word.to_owned();
        while self.eat(".")? {
            name.push('.');
            end = self.current.at.end;
            name += &self.name("a member's name")?;
        }
        let mut arguments = Vec::new();
        if !self.current.on_new_line && self.eat("<")? {
            arguments.push(self.of_type()?);
            while self.eat(",")? {
                arguments.push(self.of_type()?);
            }
            end = self.current.at.end;
            self.expect(">")?;
        }
        Ok(Type { kind: Kind::Named { name, arguments }, at: start..end })
    }

    fn tuple(&mut self) -> Outcome<Type> {
        let start = self.advance()?.at.start;
        let mut elements = Vec::new();
        loop {
            let end = self.current.at.end;
            if self.eat("]")? {
                return Ok(Type { kind: Kind::Tuple(elements), at: start..end });
            }
            let is_rest = self.eat("...")?;
            let mut is_optional = self.eat_label()?;
            let of = self.of_type()?;
            is_optional |= self.eat("?")?;
            if is_rest && is_optional {
                return Err(Fault::new(&of.at, "the rest of a tuple is never optional: remove the `?`"));
            }
            elements.push(Element { of, is_optional, is_rest });
            if !self.eat(",")? && self.current.token != Token::Mark("]") {
                return Err(self.fault("expected `,` or `]` here"));
            }
        }
    }

    /// Goes past the label of an element, `name:` or `name?:`; whether it makes the element optional.
    fn eat_label(&mut self) -> Outcome<bool> {
        if !matches!(self.current.token, Token::Name(_)) {
            return Ok(false);
        }
        let mut ahead = self.lexer.clone();
        let mut next = ahead.next()?.token;
        let is_optional = next == Token::Mark("?");
        if is_optional {
            next = ahead.next()?.token;
        }
        if next != Token::Mark(":") {
            return Ok(false);
        }
        self.advance()?;
        self.eat("?")?;
        self.expect(":")?;
        Ok(is_optional)
    }

    /// Whether the parenthesis begins the parameters of a function.
    fn is_function(&self) -> Outcome<bool> {
        let mut ahead = self.lexer.clone();
        let first = ahead.clone().next()?.token;
        if !matches!(first, Token::Name(_) | Token::Mark(")" | "..." | "{" | "[")) {
            return Ok(false);
        }
        // The brackets that are open, and whether they are those of a template.
        let mut open = vec![false];
        while let Some(in_template) = open.last().copied() {
            let next = ahead.next()?;
            match next.token {
                Token::Mark("(" | "[" | "{") => open.push(false),
                Token::Mark("}") if in_template => {
                    let chunk = ahead.template(next.at.start)?;
                    if chunk.ends_template() {
                        open.pop();
                    }
                }
                Token::Mark(")" | "]" | "}") => drop(open.pop()),
                Token::Template { ends: false, .. } => open.push(true),
                Token::End => return Ok(false),
                _ => {}
            }
        }
        Ok(ahead.next()?.token == Token::Mark("=>"))
    }

    fn template(&mut self, text: String, ends: bool) -> Outcome<Type> {
        let start = self.current.at.start;
        let (mut texts, mut types) = (vec![text], Vec::new());
        let mut ended = ends;
        while !ended {
            self.advance()?;
            types.push(self.of_type()?);
            if self.current.token != Token::Mark("}") {
                return Err(self.fault("expected `}` behind the type in the template"));
            }
            // What stands behind the brace is text.
            if let Token::Template { text, ends } = self.lexer.template(start)? {
                texts.push(text);
                ended = ends;
            }
        }
        let at = start..self.current.at.end;
        self.advance()?;
        let mut texts_left = texts.into_iter();
        let kind = match (types.is_empty(), texts_left.next()) {
            (true, Some(text)) => Kind::Literal(Literal::Text(text)),
            (_, first) => Kind::Template { texts: first.into_iter().chain(texts_left).collect(), types },
        };
        Ok(Type { kind, at })
    }
}
