package dev.millrace.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Why a file could not be used, in the system's words; Java has exceptions without words for the commonest reasons.
final class FileReason {
    /// What the JDK adds to "Too many levels of symbolic links".
    private static final String GUESS = " or unable to access attributes of symbolic link";

    private FileReason() {}

    static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "No such file or directory";
            case AccessDeniedException _ -> "Permission denied";
            case NotDirectoryException _ -> "Not a directory";
            case FileSystemException f when f.getReason() != null -> f.getReason().replace(GUESS, "");
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
