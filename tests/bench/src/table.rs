//! The figures, each with its bar.

/// On which side of its bar a figure has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bar {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
    /// No bar: it explains another figure.
    None,
}

impl Bar {
    /// Whether `figure` is on the right side.
    pub fn met_by(self, figure: f64) -> bool {
        match self {
            Self::AtMost(most) => figure <= most,
            Self::AtLeast(least) => figure >= least,
            Self::None => true,
        }
    }
}

struct Row {
    name: String,
    figure: f64,
    bar: Bar,
    taken: String,
}

/// What was measured.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a figure; `taken` says of what it is made.
    pub fn add(&mut self, name: &str, figure: f64, bar: Bar, taken: String) {
        println!("{name}: {figure:.2} ({taken})");
        self.0.push(Row { name: name.to_owned(), figure, bar, taken });
    }

    /// Whether no figure missed its bar.
    pub fn all_met(&self) -> bool {
        self.0.iter().all(|row| row.bar.met_by(row.figure))
    }

    /// Prints the table as it stands in docs/QUALITY.md.
    pub fn print(&self) {
        println!("\n| | bar | figure | | how it was taken |\n| --- | --- | --- | --- | --- |");
        for row in &self.0 {
            let bar = match row.bar {
                Bar::AtMost(most) => format!("≤ {most}"),
                Bar::AtLeast(least) => format!("≥ {least}"),
                Bar::None => "none".to_owned(),
            };
            let verdict = match row.bar {
                Bar::None => "",
                bar if bar.met_by(row.figure) => "met",
                _ => "missed",
            };
            println!("| {} | {bar} | {:.2} | {verdict} | {} |", row.name, row.figure, row.taken);
        }
    }
}

/// The middle one of an odd number of figures, the lower middle of an even one. 0 of none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_on_the_wrong_side_misses() {
        assert!(Bar::AtMost(3.0).met_by(3.0) && !Bar::AtMost(3.0).met_by(3.1));
        assert!(Bar::AtLeast(0.9).met_by(0.9) && !Bar::AtLeast(0.9).met_by(0.8));
        let mut table = Table::default();
        table.add("a", 1.0, Bar::AtMost(2.0), String::new());
        assert!(table.all_met());
        table.add("b", 3.0, Bar::AtMost(2.0), String::new());
        assert!(!table.all_met());
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![5.0, 1.0, 3.0]), 3.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
