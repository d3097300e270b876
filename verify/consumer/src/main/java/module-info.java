/// A program that uses Millrace as a named module, and nothing else.
module dev.millrace.verify.consumer {
    requires dev.millrace;
}
