package io.reelkeeper;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The one place where time and randomness come from; a test replaces both beans.
@Configuration(proxyBeanMethods = false)
class TimeAndChance {

  @Bean
  @SuppressWarnings("TimeZoneUsage") // the one bean that may read the machine's clock
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  RandomGenerator random() {
    return new SecureRandom();
  }
}
