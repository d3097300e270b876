/// The code on the pages in `docs/questions`.
@NullMarked
package dev.millrace.examples.questions;

import org.jspecify.annotations.NullMarked;
