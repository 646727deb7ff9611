//! A compiled Jinja template.
use super::{
    super::inputs::Names,
    error::{Raised, convert},
    guard, json, methods,
    names::{names, without_slices},
    paid,
    rewrite::Rewritten,
    scan,
};
use crate::{Error, ErrorKind, Result, Span};
use minijinja::{AutoEscape, Environment, State, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Kwargs};
use std::collections::HashSet;

const NAME: &str = "template";

/// Whose habits the engine follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::prompt) enum Dialect {
    /// Prompts: a name without a value is an error.
    Prompt,
    /// Models' chat templates, as they are filled in Python: lines that hold only a tag vanish, and a name without a
    /// value is nothing.
    Chat,
}

impl Dialect {
    pub(super) fn error_kind(self) -> ErrorKind {
        match self {
            Dialect::Prompt => ErrorKind::Template,
            Dialect::Chat => ErrorKind::ChatTemplate,
        }
    }

    fn environment(self) -> Environment<'static> {
        let mut env = Environment::new();
        // Errors then know their place.
        env.set_debug(true);
        env.set_fuel(Some(guard::FUEL));
        env.set_recursion_limit(guard::MAX_RECURSION);
        env.set_auto_escape_callback(|_| AutoEscape::None);
        env.set_unknown_method_callback(methods::call);
        env.add_filter("tojson", |state: &State<'_, '_>, value: &Value, options: Kwargs| {
            json::tojson(state, value, &options)
        });
        env.add_filter(
            "join",
            |state: &State<'_, '_>,
             value: &Value,
             separator: Option<&str>,
             attribute: Option<&str>,
             options: Kwargs| { paid::join_filter(state, value, separator, attribute, &options) },
        );
        env.add_filter("format", paid::format_filter);
        env.add_function(guard::FLAT, guard::flat);
        env.add_function(guard::PART, guard::part);
        // Both print whatever surrounds them, in time that grows with the cube of its depth.
        env.remove_global("debug");
        env.remove_filter("pprint");
        env.set_undefined_behavior(match self {
            Dialect::Prompt => UndefinedBehavior::Strict,
            Dialect::Chat => UndefinedBehavior::Lenient,
        });
        if self == Dialect::Chat {
            env.add_function("raise_exception", |message: String| -> Result<Value, minijinja::Error> {
                let error = minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, "raise_exception");
                Err(error.with_source(Raised(message)))
            });
        }
        env
    }

    fn syntax(self) -> Result<SyntaxConfig, minijinja::Error> {
        let chat = self == Dialect::Chat;
        SyntaxConfig::builder().trim_blocks(chat).lstrip_blocks(chat).keep_trailing_newline(!chat).build()
    }
}

/// A template, parsed once.
#[derive(Debug)]
pub(in crate::prompt) struct Compiled {
    dialect: Dialect,
    text: String,
    rewritten: Rewritten,
    names: Names,
    env: Environment<'static>,
}

impl Compiled {
    /// Parses a template; `extend` adds what the template may call.
    pub(in crate::prompt) fn parse(
        text: &str,
        dialect: Dialect,
        extend: impl FnOnce(&mut Environment<'static>),
    ) -> Result<Self> {
        let tags = scan::tags(text);
        guard::check(text, &tags)
            .map_err(|(why, place)| Error::new(dialect.error_kind(), why).with_span(Span::new(text, place)))?;
        let rewritten = Rewritten::new(text, &tags);
        let mut env = dialect.environment();
        extend(&mut env);
        let compile = |env: &mut Environment<'static>| {
            env.set_syntax(dialect.syntax()?);
            env.add_template_owned(NAME, rewritten.text.clone())?;
            let plain = without_slices(&rewritten.text, &scan::tags(&rewritten.text));
            Ok(match plain.as_deref().map(|plain| env.template_from_str(plain)) {
                Some(Ok(plain)) => plain.undeclared_variables(false),
                _ => env.get_template(NAME)?.undeclared_variables(false),
            })
        };
        let mut undeclared = compile(&mut env).map_err(|error| convert(&error, dialect, text, &rewritten))?;
        undeclared.retain(|name| ![guard::FLAT, guard::PART].contains(&name.as_str()));
        let globals: HashSet<String> = env.globals().map(|(name, _)| name.to_owned()).collect();
        let names = names(text, &tags, undeclared, &globals);
        Ok(Compiled { dialect, text: text.to_owned(), rewritten, names, env })
    }

    pub(in crate::prompt) fn source(&self) -> &str {
        &self.text
    }

    pub(in crate::prompt) fn names(&self) -> &Names {
        &self.names
    }

    pub(in crate::prompt) fn render(&self, context: Value) -> Result<String> {
        let rendered = self.env.get_template(NAME).and_then(|template| template.render(context));
        rendered.map_err(|error| convert(&error, self.dialect, &self.text, &self.rewritten))
    }
}
