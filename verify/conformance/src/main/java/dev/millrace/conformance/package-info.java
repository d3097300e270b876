/// Conformance with real Go: programs that were recorded there, run here in virtual time, answer by answer.
///
/// A [Corpus] reads programs from files, with [Layouts] saying which ops and fields there are; [Conformance] runs one in a bubble of
/// its own and compares every expectation ([Comparison]); what may differ is a [Rule], never a program. The format, and what a
/// runner has to know, is in `docs/conformance-corpus.md`.
@NullMarked
package dev.millrace.conformance;

import org.jspecify.annotations.NullMarked;
