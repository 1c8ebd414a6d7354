package io.firesteel.model.template.jinja;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;
import java.time.temporal.WeekFields;
import java.util.Locale;

/** Python's {@code strftime} for a time without a zone, in the C locale. */
final class Strftime {
  private Strftime() {}

  static String format(String format, LocalDateTime time, Budget budget) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char directive = format.charAt(++i);
      boolean unpadded = directive == '-' && i + 1 < format.length();
      if (unpadded) {
        directive = format.charAt(++i);
      }
      String text = directive(directive, time);
      budget.characters(text.length());
      out.append(unpadded ? withoutPadding(text) : text);
    }
    return out.toString();
  }

  private static String withoutPadding(String text) {
    int i = 0;
    while (i < text.length() - 1 && (text.charAt(i) == '0' || text.charAt(i) == ' ')) {
      i++;
    }
    return text.substring(i);
  }

  private static String directive(char directive, LocalDateTime time) {
    return switch (directive) {
      case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'c' -> composed("%a %b %e %H:%M:%S %Y", time);
      case 'C' -> two(time.getYear() / 100);
      case 'd' -> two(time.getDayOfMonth());
      case 'D', 'x' -> composed("%m/%d/%y", time);
      case 'e' -> String.format(Locale.ROOT, "%2d", time.getDayOfMonth());
      case 'f' -> String.format(Locale.ROOT, "%06d", time.getNano() / 1000);
      case 'F' -> composed("%Y-%m-%d", time);
      case 'g' -> two(time.get(IsoFields.WEEK_BASED_YEAR) % 100);
      case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'H' -> two(time.getHour());
      case 'I' -> two(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
      case 'j' -> String.format(Locale.ROOT, "%03d", time.getDayOfYear());
      case 'k' -> String.format(Locale.ROOT, "%2d", time.getHour());
      case 'l' -> String.format(Locale.ROOT, "%2d", time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
      case 'm' -> two(time.getMonthValue());
      case 'M' -> two(time.getMinute());
      case 'n' -> "\n";
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'P' -> time.getHour() < 12 ? "am" : "pm";
      case 'r' -> composed("%I:%M:%S %p", time);
      case 'R' -> composed("%H:%M", time);
      case 'S' -> two(time.getSecond());
      case 't' -> "\t";
      case 'T', 'X' -> composed("%H:%M:%S", time);
      case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
      case 'U' -> two(week(time, WeekFields.SUNDAY_START.dayOfWeek()));
      case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
      case 'W' -> two(week(time, WeekFields.ISO.dayOfWeek()));
      case 'y' -> two(time.getYear() % 100);
      case 'Y' -> String.valueOf(time.getYear());
      case 'z', 'Z' -> "";
      case '%' -> "%";
      default -> "%" + directive;
    };
  }

  private static String composed(String format, LocalDateTime time) {
    return format(format, time, new Budget(Limits.DEFAULT));
  }

  private static String two(int number) {
    return String.format(Locale.ROOT, "%02d", number);
  }

  /** Weeks since the year's first day that begins one. */
  private static int week(LocalDateTime time, TemporalField dayOfWeek) {
    return (time.getDayOfYear() + 7 - time.get(dayOfWeek)) / 7;
  }
}
