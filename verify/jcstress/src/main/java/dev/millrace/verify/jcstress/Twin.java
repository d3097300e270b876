package dev.millrace.verify.jcstress;

import java.util.List;

/// The library with some accesses weakened, and the test that has to notice.
///
/// @param test the simple name of the test, with that of its outer class
/// @param weakened what was made weaker, in words
/// @param edits how; each must find something to change
/// @param shown whether a machine with total store order can show it. One that it cannot is run as well, and what came is reported
record Twin(String test, String weakened, List<Edit> edits, boolean shown) {
    static Twin shown(String test, String weakened, Edit... edits) {
        return new Twin(test, weakened, List.of(edits), true);
    }

    /// On x86 every compare-and-set and exchange is a full fence, and loads and stores are acquire and release by themselves: what remains
    /// is what a compiler may do, which it need not.
    static Twin hidden(String test, String weakened, Edit... edits) {
        return new Twin(test, weakened, List.of(edits), false);
    }

    String name() {
        return test + " -- " + weakened;
    }
}
