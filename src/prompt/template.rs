//! The library's own templates.
use super::{
    Prompt, PromptTemplate, Vars,
    fstring::FString,
    inputs::{Inputs, Names},
    jinja::{Compiled, Dialect},
    join::Piece,
    mustache::Mustache,
};
use crate::Result;
use minijinja::{Value, value::Serde};
use serde::Serialize;
use std::{fmt, marker::PhantomData, sync::Arc};

/// Text with variables in it, parsed once and filled many times.
///
/// Three forms are known:
///
/// * LangChain's f-strings ([`new`](Template::new)): `{topic}` is a variable, `{{` and `}}` are braces. A format may follow
///   a colon as in Python: `{price:>8.2f}` (fill, alignment, width, precision; `s`, `d`, `f`).
/// * Jinja ([`jinja`](Template::jinja)): `{{ topic }}`, `{% for %}`, `{% if %}`, filters, macros.
/// * Mustache ([`mustache`](Template::mustache)): `{{topic}}`, `{{#items}}…{{/items}}`.
///
/// Values are written as they are and never read as template text again. Text is written without quotes; in an f-string
/// anything else is written as JSON, and null counts as missing; Mustache does the same, and escapes what `{{topic}}` writes.
///
/// # Variables
///
/// `V` is what fills the template, and so the input of its chain. By default it is [`Vars`], values by name; then every
/// variable must be given and none that the template does not know. A Jinja variable that the template asks for (`x is
/// defined`, `x | default(…)`) may be left out, and so may a name of Mustache that stands in a section only. A mismatch
/// is an error of kind [`Variables`](crate::ErrorKind::Variables) that names what is missing, unknown, given and expected.
///
/// A typed template ([`typed`](Template::typed), [`typed_jinja`](Template::typed_jinja)) is filled from the fields of a
/// struct, which may have more fields than the template uses. A type without named fields, such as `String`, fills a
/// template with exactly one variable.
///
/// ```
/// use catena::{Template, Vars, map, Prompt};
///
/// #[derive(serde::Serialize)]
/// struct Trip {
///     city: &'static str,
///     days: u8,
/// }
///
/// # futures::executor::block_on(async {
/// let chain = Template::new("What is there to see in {city}?")? | map(|prompt: Prompt| prompt.to_string());
/// assert_eq!(chain.invoke([("city", "Porto")]).await?, "What is there to see in Porto?");
///
/// let chain = Template::<Trip>::typed("{days} days in {city}.")? | map(|prompt: Prompt| prompt.to_string());
/// assert_eq!(chain.invoke(Trip { city: "Porto", days: 3 }).await?, "3 days in Porto.");
///
/// let error = Template::new("{a} and {b}")?.format(&Vars::from([("a", 1), ("c", 2)])).unwrap_err();
/// assert_eq!(
///     error.message(),
///     "the variables do not fit the template: missing `b`; unknown `c`; given `a`, `c`; expected `a`, `b`"
/// );
/// # Ok::<(), catena::Error>(())
/// # }).unwrap();
/// ```
pub struct Template<V = Vars> {
    pub(super) body: Arc<Body>,
    pub(super) inputs: Inputs,
    vars: PhantomData<fn(V)>,
}

#[derive(Debug)]
pub(super) enum Body {
    FString(FString),
    Jinja(Box<Compiled>),
    Mustache(Mustache),
    /// Templates one after the other, and their texts.
    Joined(Vec<Piece>, String),
}

impl Template {
    /// A template in LangChain's f-string form, filled from [`Vars`].
    ///
    /// ```
    /// use catena::Template;
    /// let error = Template::new("Answer as JSON: {\"name\": …}").unwrap_err();
    /// assert_eq!(error.span().unwrap().column, 18);
    /// ```
    ///
    /// # Errors
    /// [`Template`](crate::ErrorKind::Template), with the place, for malformed text: a brace without its partner, `{}`, a
    /// position (`{0}`), a reach into a value (`{a.b}`, `{a[0]}`), a conversion (`{a!r}`), a format that is not known.
    pub fn new(text: impl AsRef<str>) -> Result<Self> {
        Ok(Template::from_body(Body::FString(FString::parse(text.as_ref())?), false))
    }

    /// A Jinja template, filled from [`Vars`].
    ///
    /// Names must have a value where they are read. A template stands alone: there is no `include` and no access to
    /// files. Time, memory and nesting are bounded, so text from strangers can be filled.
    ///
    /// ```
    /// use catena::{Template, Vars};
    /// let template = Template::jinja("{% for item in items %}- {{ item }}\n{% endfor %}{{ note | default('') }}")?;
    /// assert_eq!(template.format(&Vars::new().with("items", ["{a}", "{{ b }}"]))?, "- {a}\n- {{ b }}\n");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Template`](crate::ErrorKind::Template), with the place, for malformed text.
    pub fn jinja(text: impl AsRef<str>) -> Result<Self> {
        Ok(Template::from_body(Body::jinja(text.as_ref())?, false))
    }

    /// A Mustache template, filled from [`Vars`].
    ///
    /// `{{name}}` writes a value with the characters `&`, `<`, `>` and `"` escaped for HTML, as Mustache has it; `{{{name}}}`
    /// and `{{&name}}` write it as it is, which is what most prompts want. `{{#name}}…{{/name}}` is written for each item of a
    /// list, or once for any other value but false, null, the empty text and the empty list; `{{^name}}…{{/name}}` for those
    /// and for a missing name. Names are looked for from the innermost section outwards, `{{a.b}}` reaches into a value, and
    /// `{{.}}` is the item. There are comments, `{{! … }}`, and other tags, `{{=<% %>=}}`. A template stands alone:
    /// partials and inheritance are refused. Unlike Mustache, a name without a value is an error where it is to be written.
    ///
    /// ```
    /// use catena::{Template, Vars};
    /// let template = Template::mustache("{{#items}}\n- {{{.}}}\n{{/items}}\n{{^items}}\nNothing.\n{{/items}}")?;
    /// assert_eq!(template.format(&Vars::new().with("items", ["{a}", "b & c"]))?, "- {a}\n- b & c\n");
    /// assert_eq!(template.format(&Vars::new())?, "Nothing.\n");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Template`](crate::ErrorKind::Template), with the place, for malformed text.
    pub fn mustache(text: impl AsRef<str>) -> Result<Self> {
        Ok(Template::from_body(Body::Mustache(Mustache::parse(text.as_ref())?), false))
    }
}

impl<V: Serialize + Send + 'static> Template<V> {
    /// As [`new`](Template::new), filled from a type of your own.
    ///
    /// ```
    /// use catena::Template;
    /// let template = Template::<String>::typed("Summarise: {text}")?;
    /// assert_eq!(template.format(&"{…}".to_owned())?, "Summarise: {…}");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Template::new).
    pub fn typed(text: impl AsRef<str>) -> Result<Self> {
        Ok(Template::from_body(Body::FString(FString::parse(text.as_ref())?), true))
    }

    /// As [`jinja`](Template::jinja), filled from a type of your own.
    ///
    /// # Errors
    /// As [`jinja`](Template::jinja).
    pub fn typed_jinja(text: impl AsRef<str>) -> Result<Self> {
        Ok(Template::from_body(Body::jinja(text.as_ref())?, true))
    }

    /// As [`mustache`](Template::mustache), filled from a type of your own.
    ///
    /// # Errors
    /// As [`mustache`](Template::mustache).
    pub fn typed_mustache(text: impl AsRef<str>) -> Result<Self> {
        Ok(Template::from_body(Body::Mustache(Mustache::parse(text.as_ref())?), true))
    }

    /// Fills the template, giving text.
    ///
    /// # Errors
    /// [`Variables`](crate::ErrorKind::Variables) when the variables do not fit; [`Template`](crate::ErrorKind::Template)
    /// when a value does not fit its format, or the template fails or does not end while it runs.
    pub fn format(&self, vars: &V) -> Result<String> {
        let vars = self.inputs.resolve(vars)?;
        self.fill(&vars)
    }
}

impl<V> Template<V> {
    pub(super) fn from_body(body: Body, unknown_allowed: bool) -> Self {
        let inputs = Inputs::new(body.names(), unknown_allowed);
        Template { body: Arc::new(body), inputs, vars: PhantomData }
    }

    /// The names of the variables, sorted.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.inputs.variables()
    }

    /// The text of the template.
    pub fn source(&self) -> &str {
        match self.body.as_ref() {
            Body::FString(text) => text.source(),
            Body::Jinja(text) => text.source(),
            Body::Mustache(text) => text.source(),
            Body::Joined(_, text) => text,
        }
    }

    /// The same template with one variable filled in; a value given later takes its place.
    ///
    /// ```
    /// use catena::{Template, Vars};
    /// let template = Template::new("Translate into {language}: {text}")?.partial("language", "French")?;
    /// assert_eq!(template.variables().collect::<Vec<_>>(), ["text"]);
    /// assert_eq!(template.format(&Vars::from([("text", "cheese")]))?, "Translate into French: cheese");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Variables`](crate::ErrorKind::Variables) for a name the template does not know.
    pub fn partial(mut self, name: &str, value: impl Serialize) -> Result<Self> {
        self.inputs.fill(name, value)?;
        Ok(self)
    }

    /// As [`partial`](Template::partial), with what a closure gives each time the template is filled.
    ///
    /// ```
    /// use catena::{Template, Vars};
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// let count = AtomicU32::new(1);
    /// let template = Template::new("{n}. {text}")?.partial_with("n", move || count.fetch_add(1, Ordering::Relaxed))?;
    /// let vars = Vars::from([("text", "cheese")]);
    /// assert_eq!((template.format(&vars)?.as_str(), template.format(&vars)?.as_str()), ("1. cheese", "2. cheese"));
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Variables`](crate::ErrorKind::Variables) for a name the template does not know.
    pub fn partial_with<T: Serialize>(
        mut self,
        name: &str,
        make: impl Fn() -> T + Send + Sync + 'static,
    ) -> Result<Self> {
        self.inputs.fill_by(name, make)?;
        Ok(self)
    }

    /// What has to be given.
    pub(super) fn open_names(&self) -> Names {
        self.inputs.open_names()
    }

    /// Fills the template as a part of something that has checked the variables; those filled in ahead stay.
    pub(super) fn fill_part(&self, vars: &Vars) -> Result<String> {
        self.fill(self.inputs.overlay(vars)?.as_ref())
    }

    fn fill(&self, vars: &Vars) -> Result<String> {
        self.body.render(vars)
    }
}

impl Body {
    pub(super) fn render(&self, vars: &Vars) -> Result<String> {
        match self {
            Body::FString(text) => text.render(vars),
            Body::Jinja(text) => text.render(Value::from(Serde(vars))),
            Body::Mustache(text) => text.render(vars),
            Body::Joined(pieces, _) => pieces.iter().map(|piece| piece.render(vars)).collect(),
        }
    }

    fn jinja(text: &str) -> Result<Self> {
        Ok(Body::Jinja(Box::new(Compiled::parse(text, Dialect::Prompt, |_| ())?)))
    }

    fn names(&self) -> Names {
        match self {
            Body::FString(text) => text.names(),
            Body::Jinja(text) => text.names().clone(),
            Body::Mustache(text) => text.names(),
            Body::Joined(pieces, _) => Piece::names(pieces),
        }
    }
}

impl<V: Serialize + Send + 'static> PromptTemplate for Template<V> {
    type Vars = V;

    fn render(&self, vars: &V) -> Result<Prompt> {
        self.format(vars).map(Prompt::Text)
    }

    fn schema(&self) -> Option<serde_json::Value> {
        Some(self.inputs.schema())
    }
}

crate::prompt_step!(impl<V> Template<V> where V: Serialize + Send + 'static);

impl<V> Clone for Template<V> {
    fn clone(&self) -> Self {
        Template { body: Arc::clone(&self.body), inputs: self.inputs.clone(), vars: PhantomData }
    }
}

impl<V> fmt::Debug for Template<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("text", &self.source()).finish_non_exhaustive()
    }
}
