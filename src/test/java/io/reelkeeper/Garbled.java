package io.reelkeeper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// What a good document becomes when somebody cuts, doubles, flips and fills in.
///
/// How many are tried is `jqwik.tries.default`; `mvn -Psoak verify` has a million of them.
public final class Garbled {

  private static final List<String> PIECES =
      List.of(
          "null",
          "true",
          "-1",
          "0.5",
          "1e999",
          "99999999999999999999",
          "\"\"",
          "\"",
          "\\",
          "\\u0000",
          "\\ud800",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "../",
          "://",
          "\n",
          "\r",
          "\0",
          "#EXTINF:",
          "#EXTINF:NaN,\n",
          "\u00ff\u00fe", // no UTF-8
          "[".repeat(3000),
          "{\"a\":".repeat(3000),
          "9".repeat(2000),
          "a".repeat(5000));

  private enum Kind {
    CUT,
    FILL,
    DOUBLE,
    FLIP,
    END
  }

  /// @param at where, as a part of the whole
  private record Edit(Kind kind, double at, int length, String piece) {

    String on(String text) {
      int from = (int) (at * text.length());
      int to = Math.min(text.length(), from + length);
      String before = text.substring(0, from);
      return switch (kind) {
        case CUT -> before + text.substring(to);
        case FILL -> before + piece + text.substring(to);
        case DOUBLE -> before + text.substring(from, to) + text.substring(from);
        case FLIP ->
            from == to
                ? text
                : before + (char) (text.charAt(from) ^ 1 << length % 8) + text.substring(from + 1);
        case END -> before;
      };
    }
  }

  private Garbled() {}

  public static Arbitrary<byte[]> of(String... documents) {
    Arbitrary<Edit> edit =
        Combinators.combine(
                Arbitraries.of(Kind.class),
                Arbitraries.doubles().between(0, 1),
                Arbitraries.integers().between(0, 40),
                Arbitraries.of(PIECES))
            .as(Edit::new);
    return Combinators.combine(Arbitraries.of(documents), edit.list().ofMinSize(1).ofMaxSize(6))
        .as(Garbled::garble);
  }

  private static byte[] garble(String document, List<Edit> edits) {
    String text = new String(document.getBytes(UTF_8), ISO_8859_1); // a character for each byte
    for (Edit edit : edits) {
      text = edit.on(text);
    }
    return text.getBytes(ISO_8859_1);
  }
}
