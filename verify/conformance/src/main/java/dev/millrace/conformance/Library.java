package dev.millrace.conformance;

/// What programs are executed on: the real one, or one with a planted fault.
class Library {
    ContextActs contexts() {
        return new ContextActs();
    }

    ChannelActs channels() {
        return new ChannelActs();
    }

    Things things() {
        return new Things();
    }

    DataRun data(Program.Data program, Findings findings) {
        return new DataRun(program, findings);
    }
}
