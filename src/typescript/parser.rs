//! Reads declarations.
use super::{
    ast::{Body, Declaration, Literal, Member, Parameter, Place},
    fault::{Fault, Outcome},
    lexer::{Lexeme, Lexer, Token},
};

/// The declarations of a text, in its order.
pub(super) fn declarations(text: &str) -> Outcome<Vec<Declaration>> {
    let mut parser = Parser::new(text)?;
    let mut out = Vec::new();
    loop {
        while parser.eat(";")? {}
        if parser.current.token == Token::End {
            return Ok(out);
        }
        out.push(parser.declaration()?);
    }
}

pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    pub(super) current: Lexeme<'a>,
    /// How deep the type being read stands in others.
    pub(super) depth: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Outcome<Self> {
        let mut lexer = Lexer::new(text);
        Ok(Parser { current: lexer.next()?, lexer, depth: 0 })
    }

    fn declaration(&mut self) -> Outcome<Declaration> {
        let doc = self.current.doc.clone();
        let is_exported = self.eat_word("export")?;
        if is_exported {
            self.eat_word("default")?;
        }
        self.eat_word("declare")?;
        let what = match self.current.token {
            Token::Name(word @ ("interface" | "type" | "enum")) => word,
            Token::Name("const") => {
                self.advance()?;
                match self.current.token {
                    Token::Name(word @ "enum") => word,
                    _ => return Err(self.fault("only types are read: remove constants")),
                }
            }
            _ => return Err(self.no_declaration(is_exported)),
        };
        self.advance()?;
        let at = self.current.at.clone();
        let name = self.name("a name for the type")?;
        let parameters = if what == "enum" { Vec::new() } else { self.parameters()? };
        let body = match what {
            "interface" => {
                let mut extends = Vec::new();
                if self.eat_word("extends")? {
                    extends.push(self.of_type()?);
                    while self.eat(",")? {
                        extends.push(self.of_type()?);
                    }
                }
                self.expect("{")?;
                Body::Interface { extends, members: self.members()? }
            }
            "type" => {
                self.expect("=")?;
                Body::Alias(self.of_type()?)
            }
            _ => Body::Enum(self.enumeration(&name)?),
        };
        if what == "type" && !self.at_end_of_statement() {
            return Err(self.fault("the type ended before this: end it with `;`, or join types with `|` or `&`"));
        }
        Ok(Declaration { name, is_exported, parameters, body, doc, at })
    }

    fn no_declaration(&self, is_exported: bool) -> Fault {
        let why = match self.current.token {
            Token::Name("class" | "abstract") | Token::Mark("@") => {
                "classes are not read: write an `interface` with the fields"
            }
            Token::Name("import") => "nothing is imported: put the declarations of what is imported into this text",
            Token::Name("namespace" | "module" | "global") => "namespaces are not read: put the types at the top level",
            Token::Name("function" | "async" | "let" | "var") => "only types are read: remove functions and variables",
            Token::Mark(_) | Token::Name(_) if is_exported => {
                "lists of exports are not read: put `export` before the declarations"
            }
            _ => "only `interface`, `type` and `enum` declarations are read: remove this",
        };
        self.fault(why)
    }

    fn parameters(&mut self) -> Outcome<Vec<Parameter>> {
        let mut out = Vec::new();
        if !self.eat("<")? {
            return Ok(out);
        }
        while !self.eat(">")? {
            for word in ["const", "in", "out"] {
                self.eat_word(word)?;
            }
            let name = self.name("a type parameter")?;
            if self.eat_word("extends")? {
                self.of_type()?;
            }
            let default = if self.eat("=")? { Some(self.of_type()?) } else { None };
            out.push(Parameter { name, default });
            if !self.eat(",")? {
                self.expect(">")?;
                break;
            }
        }
        Ok(out)
    }

    /// The members of an object type up to its brace.
    pub(super) fn members(&mut self) -> Outcome<Vec<Member>> {
        let mut out = Vec::new();
        while !self.eat("}")? {
            out.push(self.member()?);
            let is_separated = self.eat(";")? || self.eat(",")?;
            if !is_separated && self.current.token != Token::Mark("}") && !self.current.on_new_line {
                return Err(self.fault("expected `;` between members"));
            }
        }
        Ok(out)
    }

    fn member(&mut self) -> Outcome<Member> {
        let doc = self.current.doc.clone();
        if self.current.token == Token::Name("readonly") && !self.is_name_of_member()? {
            self.advance()?;
        }
        let at = self.current.at.clone();
        if self.eat("[")? {
            return self.index(&at);
        }
        if matches!(self.current.token, Token::Name("get" | "set")) && !self.is_name_of_member()? {
            return Err(self.fault("accessors are not read: write a property, `name: Type`"));
        }
        let name = self.member_name()?;
        let is_optional = self.eat("?")?;
        if matches!(self.current.token, Token::Mark("(" | "<")) {
            return Err(self.fault(FUNCTION));
        }
        self.expect(":")?;
        Ok(Member::Property { name, is_optional, of: self.of_type()?, doc, at })
    }

    /// Whether the current word stands where the name of a member stands.
    fn is_name_of_member(&self) -> Outcome<bool> {
        let next = self.lexer.clone().next()?;
        Ok(matches!(next.token, Token::Mark(":" | "?" | "(" | "<" | ";" | "," | "}") | Token::End))
    }

    /// What follows the bracket of `[key: string]: Type`.
    fn index(&mut self, at: &Place) -> Outcome<Member> {
        let computed = "computed names are not read: write the name itself";
        if !matches!(self.current.token, Token::Name(_)) {
            return Err(Fault::new(at, computed));
        }
        self.advance()?;
        match self.current.token {
            Token::Mark(":") => self.advance()?,
            Token::Name("in") => {
                return Err(Fault::new(at, "mapped types are not read: write `Record<Keys, Type>`, or the properties"));
            }
            _ => return Err(Fault::new(at, computed)),
        };
        let is_numeric = match self.current.token {
            Token::Name("string") => false,
            Token::Name("number") => true,
            _ => return Err(self.fault("keys are `string` or `number`: write `Record<Keys, Type>` for others")),
        };
        self.advance()?;
        self.expect("]")?;
        self.expect(":")?;
        Ok(Member::Index { is_numeric, of: self.of_type()? })
    }

    fn member_name(&mut self) -> Outcome<String> {
        let name = match &self.current.token {
            Token::Name(name) => (*name).to_owned(),
            Token::Text(text) => text.clone(),
            Token::Number(number) => number.to_string(),
            Token::Mark("(" | "<") => return Err(self.fault(FUNCTION)),
            Token::Mark("#") => return Err(self.fault("private members are not read: remove it")),
            Token::Mark("+" | "-") => return Err(self.fault("mapped types are not read: write the properties")),
            Token::End => return Err(self.fault("the text ends inside of braces: close them with `}`")),
            _ => return Err(self.fault("expected the name of a property")),
        };
        self.advance()?;
        Ok(name)
    }

    fn enumeration(&mut self, name: &str) -> Outcome<Vec<(String, Literal)>> {
        self.expect("{")?;
        let mut out: Vec<(String, Literal)> = Vec::new();
        let mut next = Some(0.0);
        while !self.eat("}")? {
            let at = self.current.at.clone();
            let member = self.member_name()?;
            let value = if self.eat("=")? {
                self.initializer()?
            } else {
                let why = format!("`{name}.{member}` follows a member that is no number: give it a value");
                Literal::Number(next.ok_or_else(|| Fault::new(&at, why))?)
            };
            next = if let Literal::Number(number) = value { Some(number + 1.0) } else { None };
            if out.iter().any(|(other, _)| *other == member) {
                return Err(Fault::new(&at, format!("`{name}.{member}` stands here twice: remove one")));
            }
            out.push((member, value));
            if !self.eat(",")? {
                self.expect("}")?;
                break;
            }
        }
        if out.is_empty() {
            return Err(self.fault(format!("the enum `{name}` has no members: give it one")));
        }
        Ok(out)
    }

    fn initializer(&mut self) -> Outcome<Literal> {
        let computed = "computed values are not read: write a number or a string";
        let is_negative = self.eat("-")?;
        let value = match &self.current.token {
            Token::Number(number) => Literal::Number(if is_negative { -number } else { *number }),
            Token::Text(text) | Token::Template { text, ends: true } if !is_negative => Literal::Text(text.clone()),
            _ => return Err(self.fault(computed)),
        };
        self.advance()?;
        if matches!(self.current.token, Token::Mark("," | "}")) { Ok(value) } else { Err(self.fault(computed)) }
    }

    fn at_end_of_statement(&self) -> bool {
        self.current.on_new_line || matches!(self.current.token, Token::Mark(";") | Token::End)
    }

    /// Goes to the next token and returns the one before.
    pub(super) fn advance(&mut self) -> Outcome<Lexeme<'a>> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.current, next))
    }

    /// Goes past this mark if it is next.
    pub(super) fn eat(&mut self, mark: &str) -> Outcome<bool> {
        let found = matches!(self.current.token, Token::Mark(next) if next == mark);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Goes past this word if it is next.
    pub(super) fn eat_word(&mut self, word: &str) -> Outcome<bool> {
        let found = matches!(self.current.token, Token::Name(next) if next == word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn expect(&mut self, mark: &str) -> Outcome<()> {
        if self.eat(mark)? { Ok(()) } else { Err(self.fault(format!("expected `{mark}` here"))) }
    }

    pub(super) fn name(&mut self, what: &str) -> Outcome<String> {
        let Token::Name(name) = self.current.token else {
            return Err(self.fault(format!("expected {what} here")));
        };
        self.advance()?;
        Ok(name.to_owned())
    }

    /// A fault at the current token.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(&self.current.at, message)
    }
}

pub(super) const FUNCTION: &str = "JSON has no functions: remove it";
