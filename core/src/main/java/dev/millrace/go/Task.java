package dev.millrace.go;

/// What a goroutine does. May throw anything.
@FunctionalInterface
public interface Task {
    void run() throws Exception;
}
