package dev.millrace.http.server;

import java.io.IOException;
import java.nio.file.Path;

/// The kernel's table of connections, for those who try bad input.
public final class TableDoor {
    private TableDoor() {}

    /// How many rows are seen.
    public static int rows(Path file) throws IOException {
        int[] rows = new int[1];
        new TcpTable().read(file, (ends, state) -> {
            if (state < 0 || state > 255 || ends.localPort() < 0 || ends.localPort() > 65535) {
                throw new AssertionError("state " + state + ", port " + ends.localPort());
            }
            rows[0]++;
        });
        return rows[0];
    }
}
