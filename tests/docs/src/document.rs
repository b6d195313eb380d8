//! The `console` blocks of a Markdown text.

/// Whether a block's command ends, or keeps running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Its commands end before the next one is typed.
    Ending,
    /// Its one command keeps running to the end of the document.
    Running,
}

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line in the document at which it begins, from 1.
    pub line: usize,
    /// Whether it keeps running.
    pub keeps: Keeps,
    /// What is typed in it.
    pub steps: Vec<Step>,
}

/// One command, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line in the document, from 1.
    pub line: usize,
    /// What is typed.
    pub typed: String,
    /// What has to come out.
    pub output: Vec<String>,
}

/// All `console` blocks of `text`, in order.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    let mut other = false;
    for (line, content) in (1..).zip(text.lines()) {
        let fence = content.trim_start().strip_prefix("```");
        match fence {
            Some(_) if open || other => (open, other) = (false, false),
            Some(language) => match keeps(language) {
                Some(keeps) => {
                    open = true;
                    blocks.push(Block { line, keeps, steps: Vec::new() });
                }
                None => other = true,
            },
            None if open => {
                if let Some(block) = blocks.last_mut() {
                    take(block, line, content);
                }
            }
            None => {}
        }
    }
    blocks
}

fn keeps(language: &str) -> Option<Keeps> {
    match language.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["console"] => Some(Keeps::Ending),
        ["console", "background"] => Some(Keeps::Running),
        _ => None,
    }
}

fn take(block: &mut Block, line: usize, content: &str) {
    if let Some(typed) = content.strip_prefix("$ ") {
        block.steps.push(Step { line, typed: typed.to_owned(), output: Vec::new() });
        return;
    }
    let Some(step) = block.steps.last_mut() else { return };
    match content.strip_prefix("> ") {
        Some(more) if step.output.is_empty() => {
            step.typed.push('\n');
            step.typed.push_str(more);
        }
        _ => step.output.push(content.trim_end().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_console_blocks_are_taken_with_their_lines() {
        let text = "# T\n```sh\n$ not this\n```\n```console\n$ one \\\n> two\nout\n$ three\n```\n```console background\n$ four\n```\n";
        let found = blocks(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].line, 5);
        assert_eq!(found[0].steps[0].typed, "one \\\ntwo");
        assert_eq!(found[0].steps[0].output, ["out"]);
        assert_eq!(found[0].steps[1], Step { line: 9, typed: "three".into(), output: vec![] });
        assert_eq!(found[1].keeps, Keeps::Running);
    }
}
