/* SPDX-License-Identifier: MIT */
/* The panel as the kernel gives it: /dev/fb0. */
#include "framebuffer.h"

#include <fcntl.h>
#include <linux/fb.h>
#include <linux/kd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIDE_PX_MAX 4096

/* The kernel's text console shares the panel: it must neither write nor blink there. */
static void silence_text_console(void)
{
    int fd = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd >= 0) {
        (void)ioctl(fd, KDSETMODE, KD_GRAPHICS);
        close(fd);
    }
}

static const char *map(struct framebuffer *fb, int fd)
{
    struct fb_var_screeninfo screen;
    struct fb_fix_screeninfo memory;
    struct canvas canvas = {0};
    void *panel;

    if (ioctl(fd, FBIOGET_VSCREENINFO, &screen) != 0 ||
        ioctl(fd, FBIOGET_FSCREENINFO, &memory) != 0) {
        return "fb0 does not say its size";
    }
    if (screen.bits_per_pixel != 32 || screen.red.offset != 16 || screen.blue.offset != 0) {
        return "fb0 is not x8r8g8b8";
    }
    canvas.width_px = screen.xres;
    canvas.height_px = screen.yres;
    canvas.stride_px = memory.line_length / sizeof(uint32_t);
    if (canvas.width_px == 0 || canvas.width_px > SIDE_PX_MAX || canvas.height_px == 0 ||
        canvas.height_px > SIDE_PX_MAX || canvas.stride_px < canvas.width_px ||
        (uint64_t)memory.line_length * screen.yres > memory.smem_len) {
        return "fb0 has an impossible size";
    }
    panel = mmap(NULL, memory.smem_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (panel == MAP_FAILED) {
        return "fb0 cannot be mapped";
    }
    canvas.pixels = panel;
    fb->panel = canvas;
    return NULL;
}

const char *framebuffer_open(struct framebuffer *fb)
{
    int fd = open("/dev/fb0", O_RDWR | O_CLOEXEC);
    const char *wrong;

    *fb = (struct framebuffer){0};
    if (fd < 0) {
        return "no fb0";
    }
    silence_text_console();
    wrong = map(fb, fd);
    close(fd);
    return wrong;
}

/* Without memory the later pictures are drawn onto the panel too. */
static void add_hidden(struct framebuffer *fb)
{
    struct canvas canvas = fb->panel;
    void *pixels;

    canvas.stride_px = canvas.width_px;
    pixels = mmap(NULL, (size_t)canvas.width_px * canvas.height_px * sizeof(uint32_t),
                  PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pixels != MAP_FAILED) {
        canvas.pixels = pixels;
        fb->hidden = canvas;
    }
}

struct canvas *framebuffer_canvas(struct framebuffer *fb)
{
    if (fb->shown && fb->panel.width_px != 0 && fb->hidden.width_px == 0) {
        add_hidden(fb);
    }
    return fb->hidden.width_px != 0 ? &fb->hidden : &fb->panel;
}

void framebuffer_show(struct framebuffer *fb)
{
    fb->shown = true;
    for (size_t y = 0; y < fb->hidden.height_px; y++) {
        memcpy(fb->panel.pixels + y * fb->panel.stride_px,
               fb->hidden.pixels + y * fb->hidden.stride_px,
               fb->hidden.width_px * sizeof(uint32_t));
    }
}
