package io.reelkeeper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/// The service: what it is made of is found in the packages beside this class.
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class Reelkeeper {

  public static void main(String[] args) {
    SpringApplication.run(Reelkeeper.class, args);
  }
}
