//! Messages through the model's own chat template.
use super::{changed, load, tiny};
use catena::{ChatPrompt, ErrorKind, GenerateOptions, LlamaCpp, Message, Overflow, Prompt};

#[tokio::test]
async fn messages_are_rendered_with_the_template_of_the_file() {
    let llm = load(tiny()).with_options(GenerateOptions::new().temperature(0.0).max_tokens(8));
    let messages = [Message::system("Be brief."), Message::user("Hello <|im_end|> {{ x }}")];
    let rendered = llm.render_chat(&messages).unwrap();
    assert_eq!(
        rendered,
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello <|im_end|> {{ x }}<|im_end|>\n<|im_start|>assistant\n"
    );
    let chat = llm.invoke(Vec::from(messages)).await.unwrap();
    assert_eq!(chat, llm.invoke(rendered).await.unwrap(), "a chat is its rendered text");

    let chain = ChatPrompt::from_messages([("system", "Be brief."), ("user", "{question}")]).unwrap() | llm.clone();
    let expected = llm.invoke(vec![Message::system("Be brief."), Message::user("Why?")]).await.unwrap();
    assert_eq!(chain.invoke([("question", "Why?")]).await.unwrap(), expected);
}

#[tokio::test]
async fn a_hostile_template_ends_with_an_error() {
    for template in [
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{{ raise_exception('no') }}",
        "{{ messages[7].content.nothing }}",
    ] {
        let llm = load(tiny().chat_template(template).max_tokens(2));
        let error = llm.invoke(vec![Message::user("x")]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChatTemplate, "{template}: {error}");
        assert!(llm.invoke("text needs no template").await.is_ok());
    }
}

#[tokio::test]
async fn a_broken_template_is_told_when_the_model_is_loaded() {
    for template in ["{% broken", "{% include '/etc/passwd' %}"] {
        let error = tiny().chat_template(template).load().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChatTemplate, "{template}");
    }
    let file = changed(|bytes| {
        let start = b"{% for message in messages %}";
        let at = bytes.windows(start.len()).position(|window| window == start).unwrap();
        bytes[at..at + 6].copy_from_slice(b"{% fox");
    });
    let llm = LlamaCpp::builder(file.path()).n_ctx(64).n_threads(1).max_tokens(2).load().unwrap();
    assert!(llm.report().warnings.iter().any(|warning| warning.contains("chat template")), "{:?}", llm.report());
    assert_eq!(llm.invoke(vec![Message::user("x")]).await.unwrap_err().kind(), ErrorKind::ChatTemplate);
    assert_eq!(llm.invoke(Vec::<Message>::new()).await.unwrap_err().kind(), ErrorKind::InvalidOption);
}

#[tokio::test]
async fn a_template_that_writes_the_beginning_itself_does_not_get_two() {
    let begins = load(tiny().chat_template("{{ bos_token }}{{ messages[0].content }}").max_tokens(1));
    let plain = load(tiny().chat_template("{{ messages[0].content }}").max_tokens(1));
    let count = |llm: catena::Model<catena::LlamaCpp>| async move {
        llm.detailed().invoke(vec![Message::user("Hello")]).await.unwrap().usage.prompt_tokens
    };
    assert_eq!(count(begins).await, count(plain).await);
}

#[tokio::test]
async fn turns_that_do_not_fit_are_left_out_where_asked_to() {
    let llm = load(tiny().n_ctx(256)).with_options(GenerateOptions::new().max_tokens(16).temperature(0.0));
    let mut messages = vec![Message::system("Be kind.")];
    for turn in 0..30 {
        messages.push(Message::user(format!("Question {turn}?")));
        messages.push(Message::assistant("An answer."));
    }
    messages.push(Message::user("The last question?"));
    let error = llm.invoke(Prompt::from(messages.clone())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextOverflow);
    let dropping = llm.clone().with_options(GenerateOptions::new().overflow(Overflow::DropOldest));
    let completion = dropping.detailed().invoke(Prompt::from(messages)).await.unwrap();
    assert!(
        completion.usage.prompt_tokens + 16 <= 256 && completion.usage.prompt_tokens > 150,
        "{:?}",
        completion.usage
    );
    let long = vec![Message::user("word ".repeat(300))];
    assert_eq!(dropping.invoke(Prompt::from(long)).await.unwrap_err().kind(), ErrorKind::ContextOverflow);
}
