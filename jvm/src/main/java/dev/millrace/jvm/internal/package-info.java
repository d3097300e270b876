/// What core looks for and users do not see.
package dev.millrace.jvm.internal;
