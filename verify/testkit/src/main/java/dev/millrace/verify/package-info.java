/// What the tests of all modules share: [Item][dev.millrace.verify.Item] ties a test to the observable behaviours it
/// proves, [Watchdog][dev.millrace.verify.Watchdog] shows what is blocked when a test hangs.
@NullMarked
package dev.millrace.verify;

import org.jspecify.annotations.NullMarked;
