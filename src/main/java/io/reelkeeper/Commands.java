package io.reelkeeper;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

/// What the jar does besides serving: the first word of its command line.
final class Commands {

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG = 2;

  static final String USAGE =
      """
      java -jar reelkeeper.jar [--key=value ...]
          Serves: the API, webhooks and console, with the settings of the environment, application.yaml
          and --key=value.

      java -jar reelkeeper.jar replay --policy file.yml [--app a] [--since d] [--json] [--key=value ...]
          Compares what the configured policy makes of the stored recordings with what another one
          would have made of them. Reads the database of the same settings and writes nothing.
            --policy  a YAML file with reelkeeper: policy: ...; what it leaves out is as configured
            --app     only the sessions of this app
            --since   only sessions accepted since: a date such as 2026-11-01 (UTC), an instant such
                      as 2026-11-01T08:00:00Z, or a duration back from now such as 7d or 12h
            --json    one JSON object per line instead of a table

      java -jar reelkeeper.jar help
          Shows this.
      """;

  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  Commands(Clock clock, PrintStream out, PrintStream err) {
    this.clock = clock;
    this.out = out;
    this.err = err;
  }

  /// Commands on the process's own streams.
  static Commands ofProcess() {
    return new Commands(
        new TimeAndChance().machineClock(),
        printing(new FileOutputStream(FileDescriptor.out)),
        printing(new FileOutputStream(FileDescriptor.err)));
  }

  private static PrintStream printing(FileOutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /// Whether this command line asks for something else than to serve.
  static boolean isOne(List<String> args) {
    return !args.isEmpty() && (!args.getFirst().startsWith("-") || HELP.contains(args.getFirst()));
  }

  private static final List<String> HELP = List.of("help", "--help", "-h");

  /// @return the exit code: 0 done, 1 not possible now, 2 asked for in a wrong way
  int run(List<String> args) {
    String word = args.getFirst();
    if (word.equals("replay")) {
      return new ReplayCommand(clock, out, err).run(args.subList(1, args.size()));
    }
    if (HELP.contains(word)) {
      out.print(USAGE);
      return DONE;
    }
    err.println("There is no command " + word + "; there are replay and help.");
    err.println();
    err.print(USAGE);
    return WRONG;
  }
}
