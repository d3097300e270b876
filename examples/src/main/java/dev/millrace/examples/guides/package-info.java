/// What the guides show.
package dev.millrace.examples.guides;
