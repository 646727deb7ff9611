//! Chat templates in the manner of the well-known families.
use catena::{ChatTemplate, ErrorKind, Message, Result, Role};

const CHATML: &str = "\
{%- for message in messages -%}
    {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
";

const HEADERS: &str = "\
{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now('%d %b %Y') %}
    {%- else %}
        {%- set date_string = '26 Jul 2024' %}
    {%- endif %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content'] | trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = '' %}
{%- endif %}
{{- '<|start|>system<|end|>\\n\\nToday: ' + date_string + '\\n' + system_message + '<|eot|>' }}
{%- if tools is not none %}
    {{- raise_exception('there are no tools here') }}
{%- endif %}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start|>' ~ message.role ~ '<|end|>\\n\\n' ~ message.content | trim ~ '<|eot|>' }}
    {%- elif message.role == 'tool' %}
        {{- '<|start|>ipython<|end|>\\n\\n' }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- endif %}
        {{- '<|eot|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start|>assistant<|end|>\\n\\n' }}
{%- endif %}
";

const INSTRUCT: &str = "\
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content'] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
    {%- if message['role'] == 'user' %}
        {%- if loop.first and system_message is defined %}
            {{- ' [INST] ' + system_message + '\\n\\n' + message['content'] + ' [/INST]' }}
        {%- else %}
            {{- ' [INST] ' + message['content'] + ' [/INST]' }}
        {%- endif %}
    {%- else %}
        {{- ' ' + message['content'] + eos_token }}
    {%- endif %}
{%- endfor %}
";

const TURNS: &str = "\
{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}\
{% for message in messages %}
    {% if (message['role'] == 'assistant') %}
        {% set role = 'model' %}
    {% else %}
        {% set role = message['role'] %}
    {% endif %}
{{ '<turn>' + role + '\\n' + message['content'] | trim + '</turn>\\n' }}
{% endfor %}
{% if add_generation_prompt %}{{'<turn>model\\n'}}{% endif %}
";

const THINKING: &str = "\
{%- set ns = namespace(last=messages|length - 1, seen=false) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if message.role == 'user' and not ns.seen %}
        {%- set ns.last = index %}
        {%- set ns.seen = true %}
        {%- break %}
    {%- endif %}
{%- endfor %}
{%- macro tag(role) -%}
    <{{ role }}>
{%- endmacro %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == 'assistant' and '</think>' in content %}
        {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- if loop.index0 > ns.last %}{%- set content = '(' + reasoning + ')' + content %}{%- endif %}
    {%- endif %}
    {%- generation %}
    {{- tag(message.role) + content }}
    {%- endgeneration %}
    {%- if not loop.last and loop.nextitem.role == message.role %}{{- '+' }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- tag('assistant') }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think></think>' }}{%- endif %}
{%- endif %}
";

fn render(template: &str, messages: &[Message], go_on: bool) -> Result<String> {
    ChatTemplate::parse(template, "<s>", "</s>")?.render(messages, go_on)
}

fn talk() -> [Message; 4] {
    [
        Message::system(" Be {{ brief }}. "),
        Message::user("Hi"),
        Message::assistant("Ho"),
        Message::user("1 < 2 & 'x'\n"),
    ]
}

#[test]
fn chatml() -> Result<()> {
    assert_eq!(
        render(CHATML, &talk(), true)?,
        "<|im_start|>system\n Be {{ brief }}. <|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHo<|im_end|>\n\
         <|im_start|>user\n1 < 2 & 'x'\n<|im_end|>\n<|im_start|>assistant\n"
    );
    assert_eq!(render(CHATML, &[Message::user("Hi")], false)?, "<|im_start|>user\nHi<|im_end|>\n");
    assert_eq!(render(CHATML, &[], true)?, "<|im_start|>assistant\n");
    Ok(())
}

#[test]
fn headers() -> Result<()> {
    let template = ChatTemplate::parse(HEADERS, "<s>", "</s>")?.with_vars([("date_string", "01 Feb 2030")]);
    let messages = [Message::system(" Be brief. "), Message::user(" Hi "), Message::new(Role::Tool, "a \"b\" é<")];
    assert_eq!(
        template.render(&messages, true)?,
        "<s><|start|>system<|end|>\n\nToday: 01 Feb 2030\nBe brief.<|eot|><|start|>user<|end|>\n\nHi<|eot|>\
         <|start|>ipython<|end|>\n\n\"a \\\"b\\\" é<\"<|eot|><|start|>assistant<|end|>\n\n"
    );
    let today = render(HEADERS, &[Message::user("Hi")], false)?;
    let date = today.split_once("Today: ").unwrap().1.split_once('\n').unwrap().0;
    let parts: Vec<&str> = date.split(' ').collect();
    assert!(
        matches!(parts[..], [day, month, year] if day.len() == 2 && month.len() == 3 && year.parse::<u16>().unwrap() >= 2026)
    );
    Ok(())
}

#[test]
fn instruct_with_strict_roles() -> Result<()> {
    assert_eq!(
        render(INSTRUCT, &talk(), true)?,
        "<s> [INST]  Be {{ brief }}. \n\nHi [/INST] Ho</s> [INST] 1 < 2 & 'x'\n [/INST]"
    );
    for wrong in [vec![Message::assistant("Ho")], vec![Message::user("a"), Message::user("b")]] {
        let error = render(INSTRUCT, &wrong, true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChatTemplate);
        assert!(
            error.message().ends_with("refuses its input: roles must alternate user/assistant/user/assistant/..."),
            "{error}"
        );
        assert_eq!(error.span().unwrap().line, 10, "{error:#}");
    }
    Ok(())
}

#[test]
fn turns_without_a_system_role() -> Result<()> {
    let messages = [Message::user(" Hi "), Message::assistant("Ho"), Message::user("?")];
    assert_eq!(
        render(TURNS, &messages, true)?,
        "<s><turn>user\nHi</turn>\n\n<turn>model\nHo</turn>\n\n<turn>user\n?</turn>\n\n<turn>model\n"
    );
    let error = render(TURNS, &talk(), true).unwrap_err();
    assert!(error.message().contains("System role not supported"), "{error}");
    Ok(())
}

#[test]
fn thinking() -> Result<()> {
    let messages = [
        Message::user("a"),
        Message::assistant("<think>\nold\n</think>\n\nb"),
        Message::user("c"),
        Message::assistant("<think>\nnew\n</think>\n\nd"),
        Message::assistant("e"),
    ];
    let template = ChatTemplate::parse(THINKING, "", "")?;
    assert_eq!(
        template.render(&messages, true)?,
        "<user>a<assistant>b<user>c<assistant>(new)d+<assistant>e<assistant>"
    );
    let silent = template.clone().with_vars([("enable_thinking", false)]);
    assert_eq!(silent.render(&messages[..1], true)?, "<user>a<assistant><think></think>");
    assert_eq!(template.render(&messages[..1], true)?, "<user>a<assistant>");
    Ok(())
}

#[test]
fn a_long_conversation_is_no_hostile_one() -> Result<()> {
    let say = "one < two & \"three\" </think> é ".repeat(60);
    let messages: Vec<Message> =
        (0..1_000).flat_map(|_| [Message::user(say.as_str()), Message::assistant(say.as_str())]).collect();
    for template in [CHATML, HEADERS, INSTRUCT, TURNS, THINKING] {
        assert!(render(template, &messages, true)?.len() > 1_000_000);
    }
    Ok(())
}

#[test]
fn broken_templates_are_refused_where_they_break() {
    for (text, line) in [("a\n{% if %}", 2), ("{{ 'a", 1), ("\n\n{% for x in messages %}", 3), ("{% include 'x' %}", 1)]
    {
        let error = ChatTemplate::parse(text, "", "").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChatTemplate, "{text}");
        assert_eq!(error.span().unwrap().line, line, "{text}: {error}");
    }
    for (text, line, says) in [
        ("\n{{ nope('x') }}", 2, "nope"),
        ("\n\n{{ messages.a.b }}", 3, "undefined"),
        ("{% set x = 1 %}{% set y = messages[0].nope.more %}", 1, "nope"),
        ("\n{{ messages | nope }}", 2, "nope"),
        ("{{ strftime_now('%Q') }}", 1, "%Q"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", 1, "fuel"),
    ] {
        let error = ChatTemplate::parse(text, "", "").and_then(|template| template.render(&talk(), true)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChatTemplate, "{text}");
        assert_eq!(error.span().unwrap().line, line, "{text}: {error}");
        assert!(error.message().contains(says), "{text}: {error}");
    }
    let error = ChatTemplate::parse("{% set x = 1 %}{% set y = messages[0].nope.more %}", "", "")
        .and_then(|template| template.render(&talk(), true))
        .unwrap_err();
    let span = error.span().unwrap();
    assert_eq!(span.excerpt.get(span.bytes.clone()), Some(".nope.more"), "{error:#}");
}

#[test]
fn what_models_write_in_place_of_variables_is_theirs_alone() -> Result<()> {
    let template = ChatTemplate::parse(
        "{{ bos_token }}|{{ eos_token }}|{{ tools }}|{{ nothing }}|{{ messages|length }}",
        "<b>",
        "<e>",
    )?;
    assert_eq!(template.render(&[], false)?, "<b>|<e>|None||0");
    assert_eq!(template.with_vars([("bos_token", "mine")]).render(&[], false)?, "mine|<e>|None||0");
    assert_eq!(format!("{:?}", ChatTemplate::parse("x", "", "")?), "ChatTemplate { text: \"x\", .. }");
    Ok(())
}
