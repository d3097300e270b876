package dev.millrace.examples.readme;

import static java.time.Duration.ofMillis;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;

/// A page put together from two sources, with one deadline for all of it.
final class Pages {
    /// Where pages come from. Both methods give up when their context ends.
    interface Shop {
        String user(Context ctx, long id) throws Exception;

        String ordersOf(Context ctx, long id) throws Exception;
    }

    /// A page.
    record Page(String user, String orders) {}

    private final Shop shop;

    Pages(Shop shop) {
        this.shop = shop;
    }

    // region page
    // A deadline for everything below, released when the block ends.
    Page page(Context parent, long id) throws Exception {
        try (var ctx = parent.withTimeout(ofMillis(300));
                var group = TaskGroup.open(ctx)) {
            var user = group.fork(c -> shop.user(c, id));
            var orders = group.fork(c -> shop.ordersOf(c, id));
            group.join(); // the first failure cancels the other task, and is thrown here as it is
            return new Page(user.get(), orders.get());
        } // nothing that was started in here still runs
    }
    // endregion
}
