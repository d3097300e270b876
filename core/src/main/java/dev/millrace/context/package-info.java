/// Contexts.
package dev.millrace.context;
