package bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/** What the job has done and cost, in one JVM: everything runs in this one. */
final class Figures {
    private static final LongAdder IN = new LongAdder();
    private static final LongAdder OUT = new LongAdder();
    private static final LongAdder BAD = new LongAdder();
    private static volatile long firstNs;

    private Figures() {}

    static void countIn() {
        if (firstNs == 0) firstNs = System.nanoTime();
        IN.increment();
    }

    static void countOut() {
        OUT.increment();
    }

    static void countBad() {
        BAD.increment();
    }

    /** One line of JSON: counts, seconds from the first record, processor time, peak memory. */
    static void print() throws IOException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .findFirst()
            .orElse("0")
            .replaceAll("\\D+", "");
        System.out.printf(
            "{\"records\":%d,\"alerts\":%d,\"unreadable\":%d,\"seconds\":%.3f,\"cpuSeconds\":%.2f,"
                + "\"residentMbPeak\":%d}%n",
            IN.sum(), OUT.sum(), BAD.sum(), (System.nanoTime() - firstNs) / 1e9,
            system.getProcessCpuTime() / 1e9, Long.parseLong(peak) / 1024);
        System.out.flush();
    }
}
