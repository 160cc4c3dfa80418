/* One table: what each kind of layer is called, and whether its number is part of that. */
#include "net/encapsulation.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
    const char *name;
    bool has_id;
} kinds[LAYER_KIND_COUNT] = {
    [LAYER_VLAN] = { "vlan", true },      [LAYER_PBB] = { "pbb", true },
    [LAYER_MPLS] = { "mpls", true },      [LAYER_PPPOE] = { "pppoe", true },
    [LAYER_4IN4] = { "4in4", false },     [LAYER_6IN4] = { "6in4", false },
    [LAYER_4IN6] = { "4in6", false },     [LAYER_6IN6] = { "6in6", false },
    [LAYER_GRE] = { "gre", false },       [LAYER_GRE_KEYED] = { "gre", true },
    [LAYER_PPTP] = { "pptp", true },      [LAYER_ERSPAN_I] = { "erspan", false },
    [LAYER_ERSPAN] = { "erspan", true },  [LAYER_ETHERIP] = { "etherip", false },
    [LAYER_VXLAN] = { "vxlan", true },    [LAYER_VXLAN_GPE] = { "vxlan-gpe", true },
    [LAYER_GENEVE] = { "geneve", true },  [LAYER_GTP_U] = { "gtp-u", true },
    [LAYER_TEREDO] = { "teredo", false }, [LAYER_L2TP] = { "l2tp", true },
};

size_t layer_text(const struct layer *layer, char out[LAYER_TEXT_MAX])
{
    const char *name = kinds[layer->kind].name;
    int len = kinds[layer->kind].has_id
                  ? snprintf(out, LAYER_TEXT_MAX, "%s:%" PRIu32, name, layer->id)
                  : snprintf(out, LAYER_TEXT_MAX, "%s", name);

    return (size_t)len;
}

bool encapsulation_equal(const struct encapsulation *a, const struct encapsulation *b)
{
    if (a->count != b->count)
        return false;
    for (uint8_t i = 0; i < a->count; i++)
        if (a->layers[i].kind != b->layers[i].kind || a->layers[i].id != b->layers[i].id)
            return false;
    return true;
}

bool encapsulation_add(struct encapsulation *way, enum layer_kind kind, uint32_t id)
{
    if (way->count == ENCAPSULATION_LAYERS_MAX)
        return false;
    way->layers[way->count++] = (struct layer){ .kind = kind, .id = id };
    return true;
}
