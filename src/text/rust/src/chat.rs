//! A chat template and its C interface.

use crate::border::{refusal, reported_with_line, slice, Buffer, Bytes, Outcome, Refusal, Status, Text};
use crate::environment::{environment, syntax, without_generation_tags, RAISED};
use crate::limits::Limits;
use crate::marks::Marks;
use crate::program::Program;
use crate::sightings::Lookout;
use crate::spans::{spans, MessageSpan};
use minijinja::value::Value;
use minijinja::{context, Environment, Error, ErrorKind};

const SOURCE_BYTES_MAX: usize = 1 << 20;
const CHAT_BYTES_MAX: usize = 64 << 20;
/// One unit is an instruction, or 64 bytes of text made.
const WORK_BASE: u64 = 50_000;
const WORK_PER_MESSAGE: u64 = 20_000;

#[derive(Clone, Copy)]
pub struct Message<'a> {
    pub role: &'a str,
    pub content: &'a str,
}

pub struct ChatTemplate {
    environment: Environment<'static>,
    program: Program,
    source: String,
    bos: String,
    eos: String,
}

fn refused(error: &Error) -> Refusal {
    let detail = error.detail().unwrap_or_default();
    let message = match detail.strip_prefix(RAISED) {
        Some(said) => format!("the chat template refuses these messages: {said}"),
        None if error.kind() == ErrorKind::OutOfFuel => {
            "the chat template does too much work; it seems to loop without end".to_string()
        }
        None if detail.is_empty() => format!("the chat template fails: {}", error.kind()),
        None => format!("the chat template fails: {}: {detail}", error.kind()),
    };
    Refusal { status: Status::Invalid, message, line: error.line().unwrap_or(0) }
}

impl ChatTemplate {
    pub fn new(source: &str, bos: &str, eos: &str) -> Outcome<Self> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(refusal(Status::TooLarge, format!("a chat template above {SOURCE_BYTES_MAX} bytes")));
        }
        let compiled = syntax().and_then(|syntax| Program::new(&without_generation_tags(source), syntax));
        let program = compiled.map_err(|error| {
            let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_string);
            let line = error.line().unwrap_or(0);
            Refusal { status: Status::Invalid, message: format!("not a chat template: {detail}"), line }
        })?;
        Ok(ChatTemplate {
            environment: environment(),
            program,
            source: source.into(),
            bos: bos.into(),
            eos: eos.into(),
        })
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn render_marked(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
        now_seconds: i64,
        marks: Option<Marks>,
    ) -> Outcome<String> {
        let bytes: usize = messages.iter().map(|m| m.role.len() + m.content.len()).sum();
        let mut environment = self.environment.clone();
        let work = WORK_BASE + WORK_PER_MESSAGE * messages.len() as u64 + bytes as u64;
        environment.set_fuel(Some(work));
        let seen = context! {
            messages => messages.iter().map(as_value).collect::<Value>(),
            add_generation_prompt,
            bos_token => self.bos.as_str(),
            eos_token => self.eos.as_str(),
            tools => (),
            documents => (),
            __now_seconds => now_seconds,
        };
        let render = || Marks::known_during(marks, || self.program.render(&environment, seen));
        Limits::of(messages.len(), bytes).known_during(render).map_err(|e| refused(&e))
    }

    fn render(
        &self,
        messages: &[Message],
        add: bool,
        now_seconds: i64,
    ) -> Outcome<(String, Vec<MessageSpan>)> {
        let bytes: usize = messages.iter().map(|m| m.role.len() + m.content.len()).sum();
        if bytes > CHAT_BYTES_MAX {
            return Err(refusal(Status::TooLarge, format!("a conversation above {CHAT_BYTES_MAX} bytes")));
        }
        let text = self.render_marked(messages, add, now_seconds, None)?;
        let spans = spans(&Lookout::new(self, messages, now_seconds, &text, add)?)?;
        Ok((text, spans))
    }
}

fn as_value(message: &Message) -> Value {
    context! { role => message.role, content => message.content }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct RawMessage {
    role: Text,
    content: Text,
}

#[no_mangle]
pub unsafe extern "C" fn pt_chat_load(
    source: Text,
    bos: Text,
    eos: Text,
    out: *mut *mut ChatTemplate,
    error_line: *mut usize,
    error: *mut Bytes,
) -> Status {
    reported_with_line(error, error_line, || {
        let source = source.utf8("the chat template")?;
        let chat = ChatTemplate::new(source, bos.utf8("the BOS token")?, eos.utf8("the EOS token")?)?;
        out.write(Box::into_raw(Box::new(chat)));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn pt_chat_free(chat: *mut ChatTemplate) {
    if !chat.is_null() {
        drop(Box::from_raw(chat));
    }
}

#[no_mangle]
pub unsafe extern "C" fn pt_chat_render(
    chat: &ChatTemplate,
    messages: *const RawMessage,
    count: usize,
    add_generation_prompt: i32,
    now_seconds: i64,
    text: *mut Bytes,
    spans: *mut MessageSpan,
    error_line: *mut usize,
    error: *mut Bytes,
) -> Status {
    reported_with_line(error, error_line, || {
        let mut read = Vec::with_capacity(count);
        for (i, message) in slice(messages, count).iter().enumerate() {
            let role = message.role.utf8(&format!("the role of message {i}"))?;
            read.push(Message { role, content: message.content.utf8(&format!("message {i}"))? });
        }
        let (rendered, found) = chat.render(&read, add_generation_prompt != 0, now_seconds)?;
        text.write(Buffer::new(rendered.into_bytes()));
        std::ptr::copy_nonoverlapping(found.as_ptr(), spans, found.len());
        Ok(())
    })
}
