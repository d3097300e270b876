/// The events, and what makes them of the library's own. Not exported.
package dev.millrace.jfr.internal;
