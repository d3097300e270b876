package dev.millrace.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;

/// A connected socket whose every step the test decides.
final class FakeSocket extends Socket {
    interface Part {
        int run() throws IOException;
    }

    volatile Part read = () -> -1;
    volatile Part write = () -> 0;
    volatile Runnable onIsClosed = () -> {};
    volatile Runnable onClose = () -> {};
    volatile int linger = -1;
    volatile int timeout;
    volatile boolean noDelay;
    volatile boolean keepAlive;
    private volatile boolean closed;

    @Override
    public InputStream getInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return read.run();
            }

            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                return read.run();
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write.run();
            }

            @Override
            public void write(byte[] b, int off, int len) throws IOException {
                write.run();
            }
        };
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        noDelay = on;
    }

    @Override
    public void setKeepAlive(boolean on) {
        keepAlive = on;
    }

    @Override
    public void setSoLinger(boolean on, int seconds) {
        linger = on ? seconds : -1;
    }

    @Override
    public void setSoTimeout(int millis) {
        timeout = millis;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);
    }

    @Override
    public boolean isClosed() {
        onIsClosed.run();
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        onClose.run();
    }
}
