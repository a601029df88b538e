package io.reelkeeper.api.access;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/// Refuses an address that tries one key after the other.
///
/// Each wrong key takes a place that is free again after a while; without a free place whatever
/// comes from there is refused, right or wrong, so that a refusal tells nothing. Only who has been
/// heard from that address before goes on: the callers behind one NAT do not pay for the one among
/// them that guesses. Whoever can choose their address gains little, since a key has 128 random
/// bits; what this saves is the log and the processor.
@Component
public class WrongKeys {

  private static final Logger log = LoggerFactory.getLogger(WrongKeys.class);

  /// About 2 MB at most; beyond it the address that was quiet for longest is forgotten.
  static final int ADDRESSES = 10_000;

  /// More callers than live behind one address of ours; an attacker cannot fill it.
  private static final int HEARD = 32;

  private static final int IPV6_NETWORK_BYTES = 8;

  private static final class Address {
    private Instant lastPlaceFree = Instant.MIN;
    private boolean reported;
    private final Set<String> heard = new LinkedHashSet<>();
  }

  private final Duration place;
  private final Duration all;
  private final Clock clock;
  private final Map<String, Address> addresses =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Address> eldest) {
          return size() > ADDRESSES;
        }
      };

  WrongKeys(AccessSettings settings, Clock clock) {
    this.all = settings.wrongKeys().per();
    this.place = all.dividedBy(settings.wrongKeys().limit());
    this.clock = clock;
  }

  /// Lets a request in, or not.
  ///
  /// @param remote where it comes from, as the server tells it
  /// @param caller whose key it came with, null when it was nobody's
  /// @throws ProblemException 429 when this address is not heard now
  public void admit(@Nullable InetSocketAddress remote, @Nullable String caller) {
    Duration wait = judge(remote, caller);
    if (wait.isPositive()) {
      throw new ProblemException(
              Problem.TOO_MANY_REQUESTS,
              "Too many wrong keys came from this address; it is heard again in a while.")
          .header(HttpHeaders.RETRY_AFTER, String.valueOf(wait.plusMillis(999).toSeconds()));
    }
  }

  /// Whether a request is heard.
  ///
  /// @param remote where it comes from, as the server tells it
  /// @param caller whose key it came with, null when it was nobody's
  /// @return how long to wait until this address is heard again; zero when it is heard now
  Duration judge(@Nullable InetSocketAddress remote, @Nullable String caller) {
    String name = name(remote);
    Instant now = clock.instant();
    synchronized (addresses) {
      Address address = addresses.get(name);
      if (address == null) {
        address = new Address();
        addresses.put(name, address);
      }
      if (caller != null && address.heard.remove(caller)) {
        address.heard.add(caller); // the latest last
        return Duration.ZERO;
      }
      Instant begin = address.lastPlaceFree.isBefore(now) ? now : address.lastPlaceFree;
      Duration wait = Duration.between(now, begin.plus(place).minus(all));
      if (wait.isPositive()) {
        return wait;
      }
      if (caller == null) {
        address.lastPlaceFree = begin.plus(place);
        if (begin.equals(now)) {
          address.reported = false;
        }
        if (wait.plus(place).isPositive() && !address.reported) {
          address.reported = true; // once, until it has been quiet
          log.warn("{} sent many wrong keys; what else comes from there is refused", name);
        }
      } else {
        heard(address, caller);
      }
      return Duration.ZERO;
    }
  }

  private static void heard(Address address, String caller) {
    address.heard.add(caller);
    if (address.heard.size() > HEARD) {
      Iterator<String> eldest = address.heard.iterator();
      eldest.next();
      eldest.remove();
    }
  }

  /// An address as it may stand in a log. Of IPv6 only the network counts, since everybody has a
  /// whole one; what a proxy calls the client may be any text.
  static String name(@Nullable InetSocketAddress remote) {
    if (remote == null) {
      return "nowhere";
    }
    InetAddress address = remote.getAddress();
    if (address == null) {
      try {
        address = InetAddress.ofLiteral(remote.getHostString());
      } catch (IllegalArgumentException _) {
        return "unreadable";
      }
    }
    return address instanceof Inet6Address
        ? HexFormat.ofDelimiter(":")
                .formatHex(Arrays.copyOf(address.getAddress(), IPV6_NETWORK_BYTES))
            + "::/64"
        : address.getHostAddress();
  }
}
