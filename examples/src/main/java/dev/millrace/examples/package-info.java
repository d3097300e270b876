/// The programs of the course and the notes that this project started from, each small and whole. `./millrace run NAME` runs
/// one; its `--help` answers what readers ask about it.
///
/// A program is one class with one text: `CoordinateWaitgroup` and the resource `coordinate-waitgroup.txt`. What the programs
/// share is in [Example].
@NullMarked
package dev.millrace.examples;

import org.jspecify.annotations.NullMarked;
