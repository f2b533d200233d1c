/* SPDX-License-Identifier: MIT */
/* What is in the partition `system`. */
#include "rom-images/rom/system_image.h"

#include "base/text.h"
#include "board/file.h"
#include "rom-images/write/hashtree_write.h"
#include "rom-images/write/squashfs_write.h"
#include "rom-images/rom/system_programs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NODES_MAX         (SYSTEM_PROGRAMS_MAX + 64)
#define MIB_BYTES         (1024u * 1024u)
#define NOISE_SEED        0x9e3779b97f4a7c15u
#define APP_PATH_BYTES    64
#define VBMETA_ROOM_BYTES 4096
/* A block of its own for the footer, so that no block of the disk holds it and something else. */
#define FOOTER_ROOM_BYTES 4096

static const char *const folders[] = {"app", "bin", "etc"};

/* The apps are what the home screen shows; a line each is all that there is of them. */
static const struct app {
    const char *name;
    const char *about;
    bool advert; /* came with a shop's ROM */
} apps[] = {
    {"Browser", "Looks at pages of a network that this phone does not have.\n", false},
    {"Calculator", "Adds, takes away, and never asks for a permission.\n", false},
    {"Calendar", "It is always September 2018 somewhere.\n", false},
    {"Camera", "No lens in the lab.\n", false},
    {"Clock", "The one on the home screen.\n", false},
    {"Gallery", "Pictures that the camera would have taken.\n", false},
    {"Messages", "None.\n", false},
    {"Music", "Quiet.\n", false},
    {"Phone", "Nobody to call.\n", false},
    {"Settings", "About phone: try getprop in the shell.\n", false},
    {"Weather", "Dry, about 20 degrees, indoors.\n", false},
    {"AppStoreHelper", "Pops up advertisements. Nobody asked for it.\n", true},
    {"CryingCartoon", "Comes from time to time. Cannot be removed.\n", true},
};

struct system_image {
    size_t count;
    struct archive_node nodes[NODES_MAX];
    char app_folder[ARRAY_COUNT(apps)][APP_PATH_BYTES];
    char app_file[ARRAY_COUNT(apps)][APP_PATH_BYTES];
};

static_assert(ARRAY_COUNT(folders) + 2 * ARRAY_COUNT(apps) + SYSTEM_PROGRAMS_MAX + 3 <= NODES_MAX,
              "all fit");

static void add(struct system_image *image, struct archive_node node)
{
    image->nodes[image->count++] = node;
}

static void add_app(struct system_image *image, size_t index)
{
    const struct app *app = &apps[index];
    struct text folder = text_in(image->app_folder[index], APP_PATH_BYTES);
    struct text file = text_in(image->app_file[index], APP_PATH_BYTES);

    text_all(&folder, "app/", app->name);
    text_all(&file, image->app_folder[index], "/about.txt");
    add(image, (struct archive_node){.path = image->app_folder[index], .mode = S_IFDIR | 0755});
    add(image, (struct archive_node){.path = image->app_file[index],
                                     .mode = S_IFREG | 0644,
                                     .content = slice_of(app->about, strlen(app->about))});
}

/* What pictures and sounds are to everybody but a person: noise, which nothing packs. */
static bool make_media(uint64_t mib, struct span *out_media)
{
    uint64_t noise = NOISE_SEED;
    struct span media = {.size = (size_t)mib * MIB_BYTES};

    media.data = malloc(media.size);
    if (media.data == NULL) {
        return false;
    }
    for (size_t i = 0; i < media.size; i += sizeof(noise)) {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        put_le64(media.data + i, noise);
    }
    *out_media = media;
    return true;
}

static void add_media(struct system_image *image, struct slice media)
{
    add(image, (struct archive_node){.path = "media", .mode = S_IFDIR | 0755});
    add(image, (struct archive_node){
                   .path = "media/pictures-and-sounds", .mode = S_IFREG | 0644, .content = media});
}

static void add_all(struct system_image *image, const struct system_image_spec *spec,
                    const struct system_programs *programs, struct slice media)
{
    for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
        add(image, (struct archive_node){.path = folders[i], .mode = S_IFDIR | 0755});
    }
    for (size_t i = 0; i < ARRAY_COUNT(apps); i++) {
        if (!apps[i].advert || spec->rom->adverts) {
            add_app(image, i);
        }
    }
    for (size_t i = 0; i < programs->count; i++) {
        add(image, programs->nodes[i]);
    }
    add(image, (struct archive_node){.path = "build.prop",
                                     .mode = S_IFREG | 0644,
                                     .content = slice_of(spec->identity->properties,
                                                         spec->identity->properties_bytes)});
    if (media.size != 0) {
        add_media(image, media);
    }
}

static bool make_file_system(const struct system_image_spec *spec,
                             const struct system_programs *programs, struct span *out_file_system)
{
    struct system_image *image = calloc(1, sizeof(*image));
    struct span media = {.data = NULL};
    bool done;

    if (image == NULL || (spec->rom->media_mib != 0 && !make_media(spec->rom->media_mib, &media))) {
        free(image);
        return complain("romc: no memory for the system");
    }
    add_all(image, spec, programs, span_slice(media));
    done = squashfs_write(image->nodes, image->count, out_file_system);
    free(media.data);
    free(image);
    return done;
}

/* Puts tree, vbmeta and footer behind the file system; takes it over. */
static bool put_behind(const struct system_image_spec *spec, struct span file_system,
                       struct span *out_image, struct vbmeta_hashtree_spec *out_descriptor)
{
    size_t tree_bytes = hashtree_write_size(file_system.size);
    size_t vbmeta_offset = file_system.size + tree_bytes;
    struct span image = {.size = vbmeta_offset + VBMETA_ROOM_BYTES + FOOTER_ROOM_BYTES};
    struct span room = {.size = VBMETA_ROOM_BYTES};
    struct vbmeta_hashtree_spec tree = {
        .partition = "system",
        .image_bytes = file_system.size,
        .tree_offset = file_system.size,
        .tree_bytes = tree_bytes,
        .salt = spec->salt,
    };
    const struct vbmeta_spec vbmeta = {.hashtrees = &tree, .hashtree_count = 1};
    struct vbmeta_footer footer;

    image.data = realloc(file_system.data, image.size);
    if (image.data == NULL) {
        free(file_system.data);
        return complain("romc: no memory for the system");
    }
    memset(image.data + file_system.size, 0, image.size - file_system.size);
    hashtree_write(slice_of(image.data, file_system.size), spec->salt,
                   image.data + tree.tree_offset, tree.root_digest);
    room.data = image.data + vbmeta_offset;
    vbmeta_write_footer(file_system.size, vbmeta_offset, vbmeta_write(&vbmeta, room), &footer);
    memcpy(image.data + image.size - sizeof(footer), &footer, sizeof(footer));
    *out_image = image;
    *out_descriptor = tree;
    return true;
}

bool system_image_make(const struct system_image_spec *spec, struct span *out_image,
                       struct vbmeta_hashtree_spec *out_descriptor)
{
    static struct system_programs programs;
    struct span file_system;
    bool done = system_programs_make(spec->userland, spec->busybox, &programs) &&
                make_file_system(spec, &programs, &file_system);

    system_programs_free(&programs);
    return done && put_behind(spec, file_system, out_image, out_descriptor);
}
