package dev.millrace.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class OpenRequestTest {
    private final InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private final InetSocketAddress remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);
    private final OpenRequest request =
            RequestContexts.under(Context.background()).open("name", "request", remote, _ -> null);

    @Test
    void finish_endsTheWatch() {
        request.watch(local, remote, true);
        assertEquals(1, ClientWatch.SHARED.size());
        request.watch(local, remote, true);
        request.finish(null);
        assertEquals(0, ClientWatch.SHARED.size());
    }

    @Test
    void unwatch_isForGood() {
        request.unwatch();
        request.watch(local, remote, true);
        assertEquals(0, ClientWatch.SHARED.size());
        assertNull(request.end());
        request.finish(null);
    }

    @Test
    void watch_ofWhatHasNoTcpAddress_orIsOver_doesNothing() {
        var unix = UnixDomainSocketAddress.of("/tmp/x");
        request.watch(unix, unix, true);
        request.watch(InetSocketAddress.createUnresolved("nowhere", 1), remote, true);
        request.finish(null);
        request.watch(local, remote, true);
        assertEquals(0, ClientWatch.SHARED.size());
        assertTrue(request.context().isDone());
    }
}
