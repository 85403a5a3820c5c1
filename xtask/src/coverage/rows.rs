//! The documented answers of a spec, each with who has met it.

use broker_session_codegen::{
    Document,
    spec::{documented, escape, operations},
};

use super::records::{Answer, Met, Records};

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The generated client has met the answer in a test.
    Client,
    /// The ergonomic crate has.
    Ergonomic,
    /// A test has had it from the sandbox.
    Sandbox,
}

impl Column {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 3] = [Self::Client, Self::Ergonomic, Self::Sandbox];

    /// The head of the column.
    pub(super) fn head(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Ergonomic => "ergonomic",
            Self::Sandbox => "sandbox",
        }
    }
}

/// One documented answer.
#[derive(Debug)]
pub(super) struct Row {
    /// Which one.
    pub(super) answer: Answer,
    /// The JSON pointer of its operation.
    pub(super) operation: String,
    /// The JSON pointer of the place that documents it.
    pub(super) pointer: String,
    /// Whether its body is missing where it may be.
    pub(super) is_missing: bool,
    met: Vec<Met>,
}

impl Row {
    /// Whether the column's cell is filled.
    pub(super) fn is_met(&self, column: Column) -> bool {
        let by = |met: &Met| match column {
            Column::Client => *met == Met::Client,
            Column::Ergonomic => *met == Met::Ergonomic,
            Column::Sandbox => matches!(met, Met::SandboxTold | Met::SandboxPlayed),
        };
        self.met.iter().any(by)
    }

    /// Whether the sandbox has given it by itself.
    pub(super) fn is_played(&self) -> bool {
        self.met.contains(&Met::SandboxPlayed)
    }

    /// What the answer is called among those of its status.
    pub(super) fn name(&self) -> String {
        match (&self.answer.media_type, &self.answer.example) {
            (Some(_), Some(example)) => example.clone(),
            (Some(_), None) => "(body left out)".to_owned(),
            (None, _) => "(no body)".to_owned(),
        }
    }
}

/// The table of one spec.
pub(super) struct Coverage {
    /// The path of the spec.
    pub(super) spec: String,
    pub(super) document: Document,
    /// The hash of its text.
    pub(super) hash: String,
    pub(super) rows: Vec<Row>,
    /// Answers that were met and that nobody documents: the tests and this count by different rules.
    pub(super) unknown: Vec<Answer>,
    /// JSON pointers of responses that have a body and no example of it, and what they answer.
    pub(super) without_example: Vec<(String, String)>,
}

impl Coverage {
    /// Joins a spec with the records.
    pub(super) fn new(spec: String, document: Document, records: &Records) -> Self {
        let hash = document.hash();
        let mut met = records.of(&spec, &hash);
        let operations = operations(&document);
        let (mut rows, mut without_example) = (Vec::new(), Vec::new());
        for operation in &operations {
            let path = escape(&operation.path);
            let place = format!("/paths/{path}/{}", operation.method.to_ascii_lowercase());
            for case in documented(operation) {
                let answer = Answer {
                    operation: operation.id.clone(),
                    status: case.response.status,
                    media_type: case.media.map(|media| media.media_type.clone()),
                    example: case.example.map(|example| example.name.clone()),
                };
                rows.push(Row {
                    met: met.remove(&answer).unwrap_or_default(),
                    operation: place.clone(),
                    pointer: case.pointer(&document),
                    is_missing: case.is_missing(),
                    answer,
                });
            }
            for response in &operation.responses {
                let documented = documented(operation).any(|case| case.response.status == response.status);
                if !documented {
                    let pointer = format!("{place}/responses/{}", response.status);
                    without_example.push((pointer, format!("{} of `{}`", response.status, operation.id)));
                }
            }
        }
        Self { spec, document, hash, rows, unknown: met.into_keys().collect(), without_example }
    }

    /// How many cells of a column are filled.
    pub(super) fn count(&self, column: Column) -> usize {
        self.rows.iter().filter(|row| row.is_met(column)).count()
    }
}
