//! What crosses the C border: statuses, texts, buffers; panics stop here.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Once;

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)] // Ok is what success returns as a number
pub enum Status {
    Ok = 0,
    Invalid = 1,
    Corrupt = 2,
    TooLarge = 3,
    Unsupported = 4,
    Internal = 5,
}

#[derive(Debug)]
pub struct Refusal {
    pub status: Status,
    pub message: String,
    pub line: usize,
}

pub type Outcome<T> = Result<T, Refusal>;

pub fn refusal(status: Status, message: impl Into<String>) -> Refusal {
    Refusal { status, message: message.into(), line: 0 }
}

/// Refuse with `Invalid`.
pub fn invalid<T>(message: impl Into<String>) -> Outcome<T> {
    Err(refusal(Status::Invalid, message))
}

/// Refuse with `Corrupt`.
pub fn corrupt<T>(message: impl Into<String>) -> Outcome<T> {
    Err(refusal(Status::Corrupt, message))
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    data: *const u8,
    size: usize,
}

impl Text {
    /// # Safety
    /// `data` points to `size` readable bytes that outlive the result.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        slice(self.data, self.size)
    }

    /// # Safety
    /// As for `bytes`.
    pub unsafe fn utf8<'a>(self, what: &str) -> Outcome<&'a str> {
        std::str::from_utf8(self.bytes()).map_err(|e| {
            refusal(Status::Invalid, format!("{what} is not UTF-8 from byte {} on", e.valid_up_to()))
        })
    }
}

/// # Safety
/// `data` points to `count` readable values that outlive the result, or `count` is 0.
pub unsafe fn slice<'a, T>(data: *const T, count: usize) -> &'a [T] {
    if count == 0 {
        &[]
    } else {
        std::slice::from_raw_parts(data, count)
    }
}

/// A vector handed to C, to come back to `release`.
#[repr(C)]
pub struct Buffer<T> {
    data: *mut T,
    size: usize,
    capacity: usize,
}

impl<T> Buffer<T> {
    pub fn new(values: Vec<T>) -> Self {
        let mut values = std::mem::ManuallyDrop::new(values);
        Buffer { data: values.as_mut_ptr(), size: values.len(), capacity: values.capacity() }
    }

    /// # Safety
    /// The buffer came from `new` and is released once.
    pub unsafe fn release(self) {
        if !self.data.is_null() {
            drop(Vec::from_raw_parts(self.data, self.size, self.capacity));
        }
    }
}

pub type Bytes = Buffer<u8>;

fn panic_message(payload: Box<dyn Any + Send>) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|s| s.to_string())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "unknown cause".to_string())
}

/// Runs `work`; a panic becomes a refusal and prints nothing.
pub fn shielded<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        std::panic::set_hook(Box::new(|_| {}));
        tokenizers::utils::parallelism::set_parallelism(false);
    });
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        Err(refusal(Status::Internal, format!("the text library broke down: {}", panic_message(payload))))
    })
}

/// Runs `work` and reports to C.
///
/// # Safety
/// `error` is writable.
pub unsafe fn reported(error: *mut Bytes, work: impl FnOnce() -> Outcome<()>) -> Status {
    reported_with_line(error, std::ptr::null_mut(), work)
}

/// # Safety
/// `error` is writable; `line` is writable or null.
pub unsafe fn reported_with_line(
    error: *mut Bytes,
    line: *mut usize,
    work: impl FnOnce() -> Outcome<()>,
) -> Status {
    match shielded(work) {
        Ok(()) => Status::Ok,
        Err(refused) => {
            error.write(Buffer::new(refused.message.into_bytes()));
            if !line.is_null() {
                line.write(refused.line);
            }
            refused.status
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_refusal_with_its_message() {
        let refused = shielded::<()>(|| panic!("index {} out of range", 7)).unwrap_err();
        assert_eq!(refused.status, Status::Internal);
        assert!(refused.message.contains("index 7 out of range"), "{}", refused.message);
    }

    #[test]
    fn a_refusal_reaches_the_caller_with_its_line_and_can_be_released() {
        let mut error = Bytes { data: std::ptr::null_mut(), size: 0, capacity: 0 };
        let mut line = 0;
        let status = unsafe {
            reported_with_line(&mut error, &mut line, || {
                Err(Refusal { status: Status::TooLarge, message: "too long".to_string(), line: 3 })
            })
        };
        assert_eq!((status, line), (Status::TooLarge, 3));
        assert_eq!(unsafe { slice(error.data, error.size) }, b"too long");
        unsafe { error.release() };
    }

    #[test]
    fn text_that_is_no_utf8_is_refused_with_the_place() {
        let bytes = b"ab\xffc";
        let text = Text { data: bytes.as_ptr(), size: bytes.len() };
        let refused = unsafe { text.utf8("the template") }.unwrap_err();
        assert_eq!(refused.message, "the template is not UTF-8 from byte 2 on");
    }

    #[test]
    fn an_empty_slice_may_come_without_an_address() {
        assert_eq!(unsafe { slice::<u8>(std::ptr::null(), 0) }, b"");
    }
}
