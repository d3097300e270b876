/// Channels: goroutines hand values to each other, and wait for each other there.
package dev.millrace.chan;
