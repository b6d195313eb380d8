//! Where something stands in a document. Made on the stack while the document is walked through; a JSON pointer (RFC 6901) only once
//! something is found there.

/// Path in a document, as a chain on the stack.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    part: Part<'p>,
}

#[derive(Clone, Copy)]
enum Part<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Self = Self { parent: None, part: Part::Root };

    pub(super) fn key(&'p self, key: &'p str) -> Self {
        Self { parent: Some(self), part: Part::Key(key) }
    }

    pub(super) fn index(&'p self, index: usize) -> Self {
        Self { parent: Some(self), part: Part::Index(index) }
    }

    /// As a JSON pointer (RFC 6901).
    pub(super) fn pointer(&self) -> String {
        let mut pointer = self.parent.map(Path::pointer).unwrap_or_default();
        match self.part {
            Part::Root => {}
            Part::Key(key) => {
                pointer.push('/');
                pointer.push_str(&escape(key));
            }
            Part::Index(index) => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
        }
        pointer
    }

    /// The key this is the value of; none for an entry of an array.
    pub(super) fn last_key(&self) -> Option<&'p str> {
        match self.part {
            Part::Key(key) => Some(key),
            Part::Root | Part::Index(_) => None,
        }
    }
}

/// A key as one segment of a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
