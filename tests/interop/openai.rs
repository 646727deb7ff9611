//! An LLM of langchain-rust's as it is, asking a server in this process.
use catena::{
    FinishReason, GenerateOptions, Model, Usage,
    interop::{CallOption, FromLangchain},
};
use langchain_rust::llm::openai::{OpenAI, OpenAIConfig};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread::{self, JoinHandle},
};

/// Answers one request with these events, and gives the body of the request.
fn serve(events: Vec<Value>) -> (String, JoinHandle<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(socket.try_clone().unwrap());
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let events: String =
            events.iter().flat_map(|event| ["data: ".to_owned(), event.to_string(), "\n\n".to_owned()]).collect();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        socket.write_all(format!("{head}{events}data: [DONE]\n\n").as_bytes()).unwrap();
        serde_json::from_slice(&body).unwrap()
    });
    (base, server)
}

#[tokio::test]
async fn what_openai_is_said_to_send_it_sends() {
    // Its client would ask the proxy for a server in this process, too.
    let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    let spared = |name: &str| std::env::var(name).is_ok_and(|value| value.contains("127.0.0.1"));
    if ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].into_iter().any(set)
        && !["NO_PROXY", "no_proxy"].into_iter().any(spared)
    {
        return;
    }
    let event = |choices: Value, usage: Value| json!({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, "usage": usage});
    let text =
        |text: &str| event(json!([{"index": 0, "delta": {"content": text}, "finish_reason": null}]), Value::Null);
    let usage = json!({"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6});
    let (base, server) = serve(vec![text("oak"), text(" tree"), event(json!([]), usage)]);

    let openai = OpenAI::new(OpenAIConfig::new().with_api_base(base).with_api_key("none")).with_model("m");
    let sends = [CallOption::MaxTokens, CallOption::Temperature, CallOption::Stop];
    let llm = Model::new(FromLangchain::new("m", openai).carries(sends))
        .with_options(GenerateOptions::new().max_tokens(2).temperature(0.5).stop(["\n"]));
    let completion = llm.detailed().invoke("Name a tree.").await.unwrap();
    assert_eq!((completion.text.as_str(), completion.usage), ("oak tree", Usage::new(4, 2)));
    assert_eq!(completion.finish_reason, FinishReason::Length);

    let body = server.join().unwrap();
    assert_eq!((&body["max_tokens"], &body["temperature"], &body["stop"]), (&json!(2), &json!(0.5), &json!(["\n"])));
    assert_eq!(
        (&body["messages"][0]["role"], &body["messages"][0]["content"]),
        (&json!("user"), &json!("Name a tree."))
    );
}
