package io.firesteel.model.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;

/**
 * Where a conversation is typed: with editing and history at a terminal, line by line elsewhere.
 */
abstract sealed class ChatTerminal implements AutoCloseable {
  private static final String CONTINUED = "\\";
  private static final String PROMPT = "> ";
  private static final String MORE = "  ";

  private final Console console;

  private ChatTerminal(Console console) {
    this.console = console;
  }

  /** A terminal where there is one, plain lines otherwise. */
  static ChatTerminal open(Console console) throws IOException {
    return console.outIsTerminal() && console.errIsTerminal()
        ? new Interactive(console)
        : new Lines(console);
  }

  /** The next message, or null at the end. */
  final String read() throws IOException {
    StringBuilder text = new StringBuilder();
    String line = line(PROMPT);
    while (line != null && line.endsWith(CONTINUED)) {
      text.append(line, 0, line.length() - 1).append('\n');
      line = line(MORE);
    }
    return line == null && text.isEmpty() ? null : text.append(line == null ? "" : line).toString();
  }

  /** One line, or null at the end. */
  abstract String line(String prompt) throws IOException;

  /** Runs something that Ctrl-C stops by {@code stop} instead of ending the program. */
  abstract void whileInterruptible(Runnable stop, Runnable work);

  /** Tells the user something that is no answer. */
  final void say(String text) {
    console.err().println(console.faint(text));
  }

  @Override
  public abstract void close() throws IOException;

  private static final class Interactive extends ChatTerminal {
    private final Terminal terminal;
    private final LineReader reader;

    Interactive(Console console) throws IOException {
      super(console);
      terminal = TerminalBuilder.builder().system(true).build();
      reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("firesteel")
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
    }

    @Override
    String line(String prompt) {
      while (true) {
        try {
          return reader.readLine(prompt);
        } catch (EndOfFileException _) {
          return null;
        } catch (UserInterruptException _) {
          // Ctrl-C while typing throws the line away, as shells do.
        }
      }
    }

    @Override
    void whileInterruptible(Runnable stop, Runnable work) {
      SignalHandler before = terminal.handle(Signal.INT, signal -> stop.run());
      try {
        work.run();
      } finally {
        terminal.handle(Signal.INT, before);
      }
    }

    @Override
    public void close() throws IOException {
      terminal.close();
    }
  }

  private static final class Lines extends ChatTerminal {
    private final BufferedReader reader;

    Lines(Console console) {
      super(console);
      reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
    }

    @Override
    String line(String prompt) throws IOException {
      return reader.readLine();
    }

    @Override
    void whileInterruptible(Runnable stop, Runnable work) {
      work.run();
    }

    @Override
    public void close() {}
  }
}
